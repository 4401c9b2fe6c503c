Attribute VB_Name = "ImsServer"
Option Explicit
' The Python behind the functions that need it: a COM server of this user, started by Windows at the first call and ended with Excel.

Private server As Object

Public Function XLPy() As Object
    On Error Resume Next
    If Not server Is Nothing Then
        server.Bool True
        If Err.Number <> 0 Then Set server = Nothing        ' it was ended; the next line starts it again
        Err.Clear
    End If
    On Error GoTo 0
    If server Is Nothing Then Set server = CreateObject("ImsXl.Functions")
    Set XLPy = server
End Function
