Attribute VB_Name = "ImsRibbon"
Option Explicit
' Every button comes here with its tag; what a tag needs stands in ImsTables, what it does in Python.

Private ribbonUi As IRibbonUI

Public Sub ImsXl_OnLoad(ribbon As IRibbonUI)
    Set ribbonUi = ribbon
End Sub

Public Sub ImsXl_OnAction(control As IRibbonControl)
    ImsRun control.Tag
End Sub

Public Sub ImsXl_GetEnabled(control As IRibbonControl, ByRef returnedVal)
    returnedVal = ImsMayRun(control.Tag)
End Sub

Public Sub ImsNextException()
    ImsRun "next-exception"
End Sub

Public Sub ImsRefresh()
    On Error Resume Next        ' after a reset of VBA the ribbon is gone until Excel starts again
    If Not ribbonUi Is Nothing Then ribbonUi.Invalidate
End Sub

Public Function ImsMayRun(ByVal action As String) As Boolean
    Select Case ImsNeed(action)
        Case "nothing"
            ImsMayRun = True
        Case "book"
            ImsMayRun = Not ActiveWorkbook Is Nothing
        Case "client"
            ImsMayRun = ImsIsClientBook()
    End Select
End Function

Public Function ImsIsClientBook() As Boolean
    Dim sheet As Object
    If ActiveWorkbook Is Nothing Then Exit Function
    For Each sheet In ActiveWorkbook.Sheets
        If sheet.Name = "_ims-xl" Then ImsIsClientBook = True
    Next sheet
End Function
