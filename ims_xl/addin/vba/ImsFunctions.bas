Attribute VB_Name = "ImsFunctions"
Option Explicit
' Worksheet functions that a sheet recalculates thousands of times, without leaving Excel. Each equals its Python namesake in
' ims_xl/faces/functions.py, value by value; a range gives a range of answers. The dates and States are in ImsTables.

Public Function GSTIN_VALID(gstin As Variant) As Variant
    GSTIN_VALID = ImsOverAll("GSTIN_VALID", gstin, "", "", "")
End Function

Public Function GSTIN_STATE(gstin As Variant) As Variant
    GSTIN_STATE = ImsOverAll("GSTIN_STATE", gstin, "", "", "")
End Function

Public Function GSTIN_PAN(gstin As Variant) As Variant
    GSTIN_PAN = ImsOverAll("GSTIN_PAN", gstin, "", "", "")
End Function

Public Function DOCNO_KEY(number As Variant, Optional document_date As Variant = "") As Variant
    DOCNO_KEY = ImsOverAll("DOCNO_KEY", number, document_date, "", "")
End Function

Public Function GST_DUE_DATE(period As Variant, Optional what As Variant = "GSTR-3B", Optional quarterly As Variant = False, Optional state As Variant = "") As Variant
    GST_DUE_DATE = ImsOverAll("GST_DUE_DATE", period, what, quarterly, state)
End Function

Public Function GST_PENDING_UNTIL(period As Variant, section As Variant, Optional quarterly As Variant = False, Optional state As Variant = "") As Variant
    GST_PENDING_UNTIL = ImsOverAll("GST_PENDING_UNTIL", period, section, quarterly, state)
End Function

Public Function ImsCanary() As String
    ImsCanary = "alive"
End Function

' ---- one value or many

Private Function ImsOverAll(ByVal which As String, ByVal givenA As Variant, ByVal givenB As Variant, ByVal givenC As Variant, ByVal givenD As Variant) As Variant
    Dim block As Variant, answers() As Variant, r As Long, c As Long, beside As Variant
    block = ImsPlain(givenA)
    givenB = ImsPlain(givenB)
    givenC = ImsPlain(givenC)
    givenD = ImsPlain(givenD)
    If Not IsArray(block) Then
        ImsOverAll = ImsOne(which, block, ImsScalar(givenB), ImsScalar(givenC), ImsScalar(givenD))
        Exit Function
    End If
    ReDim answers(LBound(block, 1) To UBound(block, 1), LBound(block, 2) To UBound(block, 2))
    For r = LBound(block, 1) To UBound(block, 1)
        For c = LBound(block, 2) To UBound(block, 2)
            beside = givenB
            If IsArray(givenB) Then beside = ImsBeside(givenB, r, c)
            answers(r, c) = ImsOne(which, block(r, c), beside, ImsScalar(givenC), ImsScalar(givenD))
        Next c
    Next r
    ImsOverAll = answers
End Function

Private Function ImsPlain(ByVal given As Variant) As Variant
    Dim place As Object
    If TypeName(given) = "Range" Then
        Set place = given
        ImsPlain = place.Value
    Else
        ImsPlain = given
    End If
End Function

Private Function ImsScalar(ByVal given As Variant) As Variant
    If IsArray(given) Then
        ImsScalar = given(LBound(given, 1), LBound(given, 2))
    Else
        ImsScalar = given
    End If
End Function

Private Function ImsBeside(ByVal given As Variant, ByVal r As Long, ByVal c As Long) As Variant
    ImsBeside = ""
    If UBound(given, 1) = LBound(given, 1) Then r = LBound(given, 1)
    If UBound(given, 2) = LBound(given, 2) Then c = LBound(given, 2)
    If r <= UBound(given, 1) And c <= UBound(given, 2) Then ImsBeside = given(r, c)
End Function

Private Function ImsOne(ByVal which As String, ByVal a As Variant, ByVal b As Variant, ByVal c As Variant, ByVal d As Variant) As Variant
    If IsError(a) Then
        ImsOne = "ims-xl: the cell it reads holds an error."
        Exit Function
    End If
    If IsError(b) Then b = ""
    If IsError(c) Then c = ""
    If IsError(d) Then d = ""
    Select Case which
        Case "GSTIN_VALID"
            ImsOne = ImsIsGstin(ImsUpper(a))
        Case "GSTIN_STATE"
            ImsOne = ImsStateOf(ImsUpper(a))
        Case "GSTIN_PAN"
            ImsOne = ImsPanOf(ImsUpper(a))
        Case "DOCNO_KEY"
            ImsOne = ImsNumberKey(a, b)
        Case "GST_DUE_DATE"
            ImsOne = ImsDueDate(a, ImsUpper(b), ImsYes(c), d)
        Case "GST_PENDING_UNTIL"
            ImsOne = ImsPendingUntil(a, ImsUpper(b), ImsYes(c), d)
    End Select
End Function

' ---- text

Private Function ImsUpper(ByVal given As Variant) As String
    Dim text As String, i As Long, code As Long, made As String
    text = ImsText(given)
    For i = 1 To Len(text)
        code = AscW(Mid(text, i, 1))
        If code = 160 Or code = 9 Or code = 10 Or code = 13 Then
            made = made & " "
        ElseIf code >= 97 And code <= 122 Then
            made = made & ChrW(code - 32)
        Else
            made = made & Mid(text, i, 1)
        End If
    Next i
    ImsUpper = Trim(made)
End Function

Private Function ImsText(ByVal given As Variant) As String
    If IsEmpty(given) Or IsNull(given) Then
        ImsText = ""
    ElseIf VarType(given) = vbDate Then
        ImsText = Format(given, "yyyy-mm-dd")
    ElseIf VarType(given) = vbDouble Or VarType(given) = vbSingle Or VarType(given) = vbCurrency Then
        If given = Fix(given) And Abs(given) < 1E+15 Then
            ImsText = Format(given, "0")
        Else
            ImsText = CStr(given)
        End If
    Else
        ImsText = CStr(given)
    End If
End Function

Private Function ImsYes(ByVal given As Variant) As Boolean
    Dim word As String
    If VarType(given) = vbBoolean Then
        ImsYes = given
    Else
        word = ImsUpper(given)
        ImsYes = (word = "TRUE" Or word = "YES" Or word = "Y" Or word = "1" Or word = "-1" Or word = "Q")
    End If
End Function

' ---- GSTIN

Private Function ImsKind(ByVal gstin As String) As String
    If Len(gstin) <> 15 Then
        ImsKind = ""
    ElseIf gstin Like "99##[A-Z][A-Z][A-Z]#####OS[0-9A-Z]" Then
        ImsKind = "own"
    ElseIf gstin Like "####[A-Z][A-Z][A-Z]#####NR[0-9A-Z]" Then
        ImsKind = "own"
    ElseIf gstin Like "####[A-Z][A-Z][A-Z]#####[UO]N[0-9A-Z]" Then
        ImsKind = "own"
    ElseIf gstin Like "##[A-Z][A-Z][A-Z][A-Z][A-Z]####[A-Z][1-9A-Z][DC][0-9A-Z]" Then
        ImsKind = "pan"
    ElseIf gstin Like "##[A-Z][A-Z][A-Z][A-Z][A-Z]####[A-Z][1-9A-Z][Z1-9ABD-J][0-9A-Z]" Then
        ImsKind = "pan"
    ElseIf gstin Like "##[A-Z][A-Z][A-Z][A-Z]#####[A-Z][1-9A-Z]Z#" Then
        ImsKind = "own"
    End If
End Function

Private Function ImsIsGstin(ByVal gstin As String) As Boolean
    Dim kind As String
    kind = ImsKind(gstin)
    If kind = "own" Then
        ImsIsGstin = True
    ElseIf kind = "pan" Then
        ImsIsGstin = (ImsCheckCharacter(Left(gstin, 14)) = Mid(gstin, 15, 1))
    End If
End Function

Private Function ImsCheckCharacter(ByVal fourteen As String) As String
    Const ALPHABET As String = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    Dim i As Long, product As Long, total As Long
    For i = 1 To 14
        product = (InStr(1, ALPHABET, Mid(fourteen, i, 1), vbBinaryCompare) - 1) * (2 - (i Mod 2))
        total = total + product \ 36 + product Mod 36
    Next i
    ImsCheckCharacter = Mid(ALPHABET, (36 - total Mod 36) Mod 36 + 1, 1)
End Function

Private Function ImsStateOf(ByVal gstin As String) As Variant
    If gstin = "" Then
        ImsStateOf = ""
    ElseIf Not ImsIsGstin(gstin) Then
        ImsStateOf = ImsNotGstin(gstin)
    Else
        ImsStateOf = ImsStateName(Left(gstin, 2))
    End If
End Function

Private Function ImsPanOf(ByVal gstin As String) As Variant
    If gstin = "" Then
        ImsPanOf = ""
    ElseIf Not ImsIsGstin(gstin) Then
        ImsPanOf = ImsNotGstin(gstin)
    ElseIf ImsKind(gstin) = "pan" Then
        ImsPanOf = Mid(gstin, 3, 10)
    Else
        ImsPanOf = ""
    End If
End Function

Private Function ImsNotGstin(ByVal gstin As String) As String
    ImsNotGstin = "ims-xl: '" & gstin & "' is not a valid GSTIN."
End Function

' ---- document numbers: runs of letters and of digits in capitals, zeros in front of digits dropped; the financial year behind

Private Function ImsNumberKey(ByVal number As Variant, ByVal dated As Variant) As Variant
    Dim text As String, i As Long, code As Long, kind As Long, last As Long, key As String, stretch As String, begins As Long
    text = ImsText(number)
    For i = 1 To Len(text) + 1
        kind = 0
        If i <= Len(text) Then
            code = AscW(Mid(text, i, 1))
            If code < 0 Then code = code + 65536
            If code >= 65281 And code <= 65374 Then code = code - 65248     ' full-width forms
            If code >= 97 And code <= 122 Then code = code - 32
            If code >= 48 And code <= 57 Then kind = 1
            If code >= 65 And code <= 90 Then kind = 2
            If (code >= 8203 And code <= 8207) Or code = 8288 Or code = 65279 Or code = 173 Then kind = 3     ' nothing to see
        End If
        If kind <> 3 Then
            If kind <> last And last <> 0 Then
                If key <> "" Then key = key & "."
                key = key & stretch
                stretch = ""
            End If
            If kind = 1 Then
                If stretch = "0" Then stretch = ""
                stretch = stretch & ChrW(code)
            ElseIf kind = 2 Then
                stretch = stretch & ChrW(code)
            End If
            last = kind
        End If
    Next i
    begins = ImsFinancialYear(dated)
    If begins <> 0 And key <> "" Then key = key & "|" & CStr(begins) & "-" & Right("0" & CStr((begins + 1) Mod 100), 2)
    ImsNumberKey = key
End Function

Private Function ImsFinancialYear(ByVal dated As Variant) As Long
    Dim serial As Long, text As String, y As Long, m As Long
    text = ImsText(dated)
    If VarType(dated) = vbDate Then
        y = DatePart("yyyy", dated)
        m = DatePart("m", dated)
    ElseIf text Like "####-##-##*" Then
        y = CLng(Left(text, 4))
        m = CLng(Mid(text, 6, 2))
    ElseIf text Like "##[-/.]##[-/.]####" Then
        y = CLng(Right(text, 4))
        m = CLng(Mid(text, 4, 2))
    ElseIf text Like "#####" Then
        serial = CLng(text)
        y = DatePart("yyyy", CDate(serial))
        m = DatePart("m", CDate(serial))
    End If
    If m >= 1 And m <= 12 And y >= 1990 And y <= 2199 Then
        If m >= 4 Then
            ImsFinancialYear = y
        Else
            ImsFinancialYear = y - 1
        End If
    End If
End Function

' ---- dates; a period is counted in months, begins * 12 + month - 1

Private Function ImsPeriod(ByVal given As Variant) As Long
    Dim text As String, y As Long, m As Long
    ImsPeriod = -1
    If VarType(given) = vbDate Then
        ImsPeriod = DatePart("yyyy", given) * 12 + DatePart("m", given) - 1
        Exit Function
    End If
    text = ImsUpper(given)
    If text Like "####-##" Or text Like "####-#" Then
        y = CLng(Left(text, 4))
        m = CLng(Mid(text, 6))
    ElseIf text Like "##[-/]####" Then
        m = CLng(Left(text, 2))
        y = CLng(Right(text, 4))
    ElseIf text Like "######" Or (text Like "#####" And Right(text, 4) >= "2017" And Right(text, 4) <= "2099") Then
        m = CLng(Left(text, Len(text) - 4))
        y = CLng(Right(text, 4))
    ElseIf text Like "#####" Then
        y = DatePart("yyyy", CDate(CLng(text)))
        m = DatePart("m", CDate(CLng(text)))
    End If
    If y >= 2017 And y <= 2099 And m >= 1 And m <= 12 Then ImsPeriod = y * 12 + m - 1
End Function

Private Function ImsNoPeriod(ByVal given As Variant) As String
    ImsNoPeriod = "ims-xl: '" & ImsUpper(given) & "' is not a tax period; write it as 2026-10."
End Function

Private Function ImsPeriodName(ByVal months As Long) As String
    ImsPeriodName = CStr(months \ 12) & "-" & Right("0" & CStr(months Mod 12 + 1), 2)
End Function

Private Function ImsDueDate(ByVal given As Variant, ByVal what As String, ByVal quarterly As Boolean, ByVal state As Variant) As Variant
    Dim months As Long
    months = ImsPeriod(given)
    If months < 0 Then
        ImsDueDate = ImsNoPeriod(given)
    Else
        ImsDueDate = ImsDue(months, what, quarterly, state)
    End If
End Function

Private Function ImsDue(ByVal months As Long, ByVal what As String, ByVal quarterly As Boolean, ByVal state As Variant) As Variant
    Dim row As String, frequency As String, found As String
    what = ImsWhat(what)
    If what = "" Then
        ImsDue = "ims-xl: " & ImsWhats()
        Exit Function
    End If
    frequency = "M"
    If quarterly Then frequency = "Q"
    If what = "GSTR-1Q" Or (quarterly And what <> "IFF") Then months = months + 2 - (months Mod 3)
    row = ImsDueRow(what & "|" & frequency & "|" & ImsStateCode(ImsText(state)))
    If row = "" Then row = ImsDueRow(what & "|" & frequency & "|")
    found = ImsInForce(row, months)
    If found = "" Or found = "x" Then
        ImsDue = "ims-xl: no due date of " & what & " is known for " & ImsPeriodName(months) & "."
    Else
        months = months + CLng(Left(found, InStr(found, ".") - 1))
        ImsDue = DateSerial(months \ 12, months Mod 12 + 1, CLng(Mid(found, InStr(found, ".") + 1)))
    End If
End Function

Private Function ImsPendingUntil(ByVal given As Variant, ByVal section As String, ByVal quarterly As Boolean, ByVal state As Variant) As Variant
    Dim months As Long, rule As String, begins As Long
    months = ImsPeriod(given)
    If months < 0 Then
        ImsPendingUntil = ImsNoPeriod(given)
        Exit Function
    End If
    If ImsPendingRow(section) = "" Then
        ImsPendingUntil = "ims-xl: '" & section & "' is not a section of IMS; write it as B2B or B2B-CN."
        Exit Function
    End If
    rule = ImsInForce(ImsPendingRow(section), months)
    Select Case rule
        Case "one"
            If quarterly Then
                ImsPendingUntil = ImsDue(months + 2 - (months Mod 3) + 3, "GSTR-3B", True, state)
            Else
                ImsPendingUntil = ImsDue(months + 1, "GSTR-3B", False, state)
            End If
        Case "open"
            begins = (months - 3) \ 12
            ImsPendingUntil = ImsCutOff(begins)
        Case Else
            ImsPendingUntil = "ims-xl: Pending is not offered for " & section & " of " & ImsPeriodName(months) & "."
    End Select
End Function

' "24210=1.20;24217=1.22": from which month on what holds
Private Function ImsInForce(ByVal row As String, ByVal months As Long) As String
    Dim parts As Variant, i As Long, at As Long
    If row = "" Then Exit Function
    parts = Split(row, ";")
    For i = LBound(parts) To UBound(parts)
        at = InStr(parts(i), "=")
        If CLng(Left(parts(i), at - 1)) <= months Then ImsInForce = Mid(parts(i), at + 1)
    Next i
End Function
