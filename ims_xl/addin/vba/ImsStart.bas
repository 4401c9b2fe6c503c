Attribute VB_Name = "ImsStart"
Option Explicit
' A click starts our Python with the action, the workbook's name and Excel's window. Which Python is written in one line of
' .ims-xl\python.txt in the user's own folder by "ims-xl addin install"; the add-in itself knows no path.

Public Sub ImsRun(ByVal action As String)
    Dim python As String, book As String
    python = ImsPython()
    If python = "" Then
        MsgBox "The Python that ims-xl was installed with is not there any more (" & ImsNote() & "). Install it again: pipx install ims-xl, then: ims-xl addin install", vbExclamation, "ims-xl"
        Exit Sub
    End If
    If Not ActiveWorkbook Is Nothing Then book = ActiveWorkbook.Name
    Application.StatusBar = "ims-xl: starting " & action & " ..."
    ImsLaunch ImsCommandLine(python, action, book, Application.Hwnd)
End Sub

Public Function ImsCommandLine(ByVal python As String, ByVal action As String, ByVal book As String, ByVal hwnd As Variant) As String
    ImsCommandLine = ImsQuoted(python) & " -m ims_xl ribbon " & action & " --book " & ImsQuoted(book) & " --hwnd " & CStr(hwnd)
End Function

Private Function ImsQuoted(ByVal text As String) As String
    ImsQuoted = Chr(34) & text & Chr(34)        ' a file name on Windows holds no quotation mark
End Function

Public Function ImsNote() As String
    ImsNote = CreateObject("WScript.Shell").ExpandEnvironmentStrings("%USERPROFILE%") & "\.ims-xl\python.txt"
End Function

Public Function ImsPython() As String
    Dim files As Object, note As Object, path As String
    Set files = CreateObject("Scripting.FileSystemObject")
    If Not files.FileExists(ImsNote()) Then Exit Function
    Set note = files.OpenTextFile(ImsNote(), 1, False, -1)      ' reading, Unicode
    If Not note.AtEndOfStream Then path = note.ReadLine
    note.Close
    If files.FileExists(path) Then ImsPython = path
End Function

Public Sub ImsLaunch(ByVal command As String)
    CreateObject("WScript.Shell").Run command, 0, False          ' no window, do not wait
End Sub
