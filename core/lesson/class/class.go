// Package class is a teacher's side of the classroom: a list of students read
// from a CSV file, and the table that their progress files make when they come
// back. There is no account and no server; files are handed out and collected.
//
// What a file says about itself is all that is known. Package wizard's journal
// shows whether a file was edited by a hand that did not recompute its chain
// of digests; it cannot show who did the work, and whoever runs the program
// over made-up evidence gets a chain that holds.
package class

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"gpuwizard/core/clean"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
)

// Codes of problems with a list of students.
const (
	Unreadable problem.Code = "roster-unreadable" // path
	TooLarge   problem.Code = "roster-too-large"  // path, max (students)
	NoColumn   problem.Code = "roster-column"     // path, line, column, got: the columns there are
	BadRow     problem.Code = "roster-row"        // path, line, column, got
	Empty      problem.Code = "roster-empty"      // path
)

// A Student of the list.
type Student struct {
	Name   string
	Login  string // without a password; "" on the practice instance
	Folder string // plain on every system, and no other student's
}

// A Roster is a list of students.
type Roster struct {
	Students []Student
	// Secrets is how many passwords the file held: they were read past and are
	// kept nowhere.
	Secrets int
}

const (
	maxRoster   = 4 << 20
	maxStudents = 2000
)

// columns by the names that they may have.
var columns = map[string]string{
	"name": "name", "student": "name", "姓名": "name", "名字": "name", "学生": "name",
	"login": "login", "ssh": "login", "登录": "login", "登录指令": "login",
	"password": "password", "passwd": "password", "密码": "password",
}

// ReadRoster reads a CSV file with a header: a column name, and, where the
// students have instances, a column login. It may come from a spreadsheet: with
// a byte order mark, in GB18030, with semicolons or tabs.
func ReadRoster(name string) (Roster, error) {
	f, err := os.Open(name)
	if err != nil {
		return Roster{}, problem.New(Unreadable, err, "path", name)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxRoster+1))
	if err != nil || len(data) > maxRoster {
		return Roster{}, problem.New(Unreadable, err, "path", name)
	}
	return parseRoster(data, name)
}

func parseRoster(data []byte, name string) (Roster, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
		if err != nil {
			return Roster{}, problem.New(Unreadable, err, "path", name)
		}
		data = decoded
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord, r.TrimLeadingSpace = -1, true
	first, _, _ := bytes.Cut(data, []byte("\n"))
	for _, comma := range []rune{'\t', ';'} {
		if bytes.ContainsRune(first, comma) && !bytes.ContainsRune(first, ',') {
			r.Comma = comma
		}
	}
	head, err := r.Read()
	if errors.Is(err, io.EOF) {
		return Roster{}, problem.New(Empty, nil, "path", name)
	}
	if err != nil {
		return Roster{}, problem.New(Unreadable, err, "path", name)
	}
	at := map[string]int{}
	for i, h := range head {
		if c, ok := columns[strings.ToLower(strings.TrimSpace(h))]; ok {
			at[c] = i
		}
	}
	if _, ok := at["name"]; !ok {
		return Roster{}, problem.New(NoColumn, nil, "path", name, "line", "1", "column", "name", "got", clean.Line(strings.Join(head, ", ")))
	}
	roster := Roster{}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Roster{}, problem.New(Unreadable, err, "path", name)
		}
		line, _ := r.FieldPos(0)
		if strings.TrimSpace(strings.Join(row, "")) == "" {
			continue
		}
		s, secret, err := student(row, at, name, line)
		if err != nil {
			return Roster{}, err
		}
		if secret {
			roster.Secrets++
		}
		s.Folder = folderOf(s.Name, len(roster.Students)+1)
		if roster.Students = append(roster.Students, s); len(roster.Students) > maxStudents {
			return Roster{}, problem.New(TooLarge, nil, "path", name, "max", strconv.Itoa(maxStudents))
		}
	}
	if len(roster.Students) == 0 {
		return Roster{}, problem.New(Empty, nil, "path", name)
	}
	return roster, nil
}

// student reads one row. What it holds of a password is dropped here.
func student(row []string, at map[string]int, name string, line int) (s Student, secret bool, err error) {
	cell := func(column string) string {
		if i, ok := at[column]; ok && i < len(row) {
			return strings.TrimSpace(clean.Line(row[i]))
		}
		return ""
	}
	s.Name = cell("name")
	if s.Name == "" || len(s.Name) > 200 {
		return s, false, problem.New(BadRow, nil, "path", name, "line", strconv.Itoa(line), "column", "name", "got", s.Name)
	}
	secret = cell("password") != ""
	text := cell("login")
	if text == "" {
		return s, secret, nil
	}
	login, err := rental.ParseLogin(text)
	if err != nil {
		// The cell itself may hold the password: it is not repeated.
		return s, secret, problem.New(BadRow, nil, "path", name, "line", strconv.Itoa(line), "column", "login", "got", "...")
	}
	secret = secret || login.Password != ""
	login.Password = ""
	s.Login = login.Command()
	if login.Port == 0 && rental.PlatformOf(login.Host).Login.OwnPort {
		return s, secret, problem.New(BadRow, nil, "path", name, "line", strconv.Itoa(line), "column", "login", "got", s.Login)
	}
	return s, secret, nil
}

// folderOf is a folder's name for a student: a number, so that no two are the
// same, and what of the name every system takes.
func folderOf(name string, number int) string {
	var b strings.Builder
	for _, r := range name {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() > 40 {
			break
		}
	}
	digits := strconv.Itoa(number)
	folder := strings.Repeat("0", max(0, 2-len(digits))) + digits
	if plain := strings.Trim(b.String(), "-"); plain != "" {
		folder += "-" + plain
	}
	return folder
}
