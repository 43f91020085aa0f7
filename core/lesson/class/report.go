package class

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"gpuwizard/core/clean"
	"gpuwizard/core/journey"
	"gpuwizard/core/lesson"
)

// A Row is one student of the table.
type Row struct {
	Student  string        `json:"student"`
	File     string        `json:"file"`
	Steps    int           `json:"steps"`           // done, by the record
	Now      journey.Step  `json:"now,omitempty"`   // the first that is not
	Failed   string        `json:"fails,omitempty"` // code of the last failure there
	Attempts int           `json:"attempts"`
	ByHand   int           `json:"by_hand"`
	Time     time.Duration `json:"-"`
	Seconds  int           `json:"seconds"` // at work, pauses left out
	Lesson   string        `json:"lesson,omitempty"`
	Right    int           `json:"right"`
	Asked    int           `json:"questions"`
	Wrong    int           `json:"wrong"`
	Hints    int           `json:"hints"`
	Finished bool          `json:"finished"`
	MAP50    string        `json:"map50,omitempty"`
	Practice bool          `json:"rehearsal"`
	Cost     string        `json:"cost,omitempty"`
	AtLeast  bool          `json:"at_least,omitempty"` // Cost is that of the training alone
	Marks    []Mark        `json:"marks,omitempty"`
	Answers  []Answer      `json:"answers,omitempty"`

	id string // of the journal
}

// A Mark is one thing about a file that does not add up.
type Mark struct {
	Kind  MarkKind `json:"kind"`
	About string   `json:"about,omitempty"`
}

// A MarkKind says what does not add up.
type MarkKind string

// The kinds of marks; those of wizard.Fault are taken over by their names.
const (
	MarkChain    MarkKind = "chain"      // an entry of the journal does not follow from the one before
	MarkEvidence MarkKind = "evidence"   // evidence is not what the journal has
	MarkTime     MarkKind = "time"       // times that go backwards
	MarkOrder    MarkKind = "order"      // a step is done and what it is made from is not
	MarkFigure   MarkKind = "figure"     // a figure that cannot be
	MarkJournal  MarkKind = "journal"    // evidence without a journal
	MarkAnswer   MarkKind = "answer"     // counted right and is not
	MarkCopied   MarkKind = "copied"     // the same record as another student's
	MarkLesson   MarkKind = "lesson"     // another version of the lesson than the others have
	MarkUnread   MarkKind = "unreadable" // no progress file
	MarkFuture   MarkKind = "future"     // done at a time that has not come
)

// An Answer to a question of the lesson.
type Answer struct {
	Task   string `json:"task"`
	Answer string `json:"answer"`
	Right  bool   `json:"right"`
	Tries  int    `json:"tries"`
}

// Report reads progress files and makes the table. A name may be a file, a
// project's folder, or a folder of such folders. l may be nil: then each file
// is judged by the lesson that lies beside it, if there is one.
func Report(names []string, l *lesson.Lesson, now time.Time) []Row {
	var rows []Row
	for _, name := range names {
		for _, file := range filesOf(name) {
			rows = append(rows, read(file, l, now))
		}
	}
	compare(rows)
	return rows
}

// filesOf finds the progress files that a name stands for.
func filesOf(name string) []string {
	info, err := os.Stat(name)
	if err != nil || !info.IsDir() {
		return []string{name}
	}
	own := filepath.Join(name, journey.StateDir, journey.RecordFile)
	if _, err := os.Stat(own); err == nil {
		return []string{own}
	}
	found, _ := filepath.Glob(filepath.Join(name, "*", journey.StateDir, journey.RecordFile))
	if len(found) == 0 {
		return []string{own}
	}
	return found
}

func read(file string, l *lesson.Lesson, now time.Time) Row {
	row := Row{File: file, Student: studentOf(file)}
	record, err := journey.ReadRecord(file)
	if err != nil {
		row.Marks = []Mark{{MarkUnread, ""}}
		return row
	}
	if record.Student != "" {
		row.Student = clean.Line(record.Student)
	}
	for _, f := range record.Faults() {
		row.Marks = append(row.Marks, Mark{MarkKind(f.Kind), f.About})
	}
	row.steps(record, now)
	row.time(record)
	row.lesson(record, beside(file, l))
	return row
}

// studentOf is the folder that a file came from, where nothing else says whose
// it is.
func studentOf(file string) string {
	dir := filepath.Dir(file)
	if filepath.Base(dir) == journey.StateDir {
		dir = filepath.Dir(dir)
	}
	return clean.Line(filepath.Base(dir))
}

// beside is the lesson to judge a file by.
func beside(file string, l *lesson.Lesson) *lesson.Lesson {
	if l != nil {
		return l
	}
	if found, err := lesson.Read(filepath.Join(filepath.Dir(filepath.Dir(file)), lesson.File)); err == nil {
		return found
	}
	return nil
}

func (row *Row) steps(record journey.Record, now time.Time) {
	for _, step := range journey.Steps() {
		e := record.Steps[step]
		if e == nil {
			if row.Now == "" {
				row.Now = step
			}
			continue
		}
		row.Attempts += e.Attempts
		if e.ByHand && e.Complete {
			row.ByHand++
		}
		if e.Complete && e.Failure == nil {
			row.Steps++
		} else if row.Now == "" {
			row.Now = step
			if e.Failure != nil {
				row.Failed = string(e.Failure.Code)
				if rule := e.Failure.Args["rule"]; rule != "" {
					row.Failed = rule
				}
			}
		}
		if e.Ended.After(now.Add(time.Hour)) {
			row.Marks = append(row.Marks, Mark{MarkFuture, string(step)})
		}
	}
	train := record.Steps[journey.Train]
	row.MAP50 = clean.Line(train.Fact("map50"))
	row.Practice = train.Fact("rehearsal") == "true"
	row.Cost, row.AtLeast = cost(record)
}

// cost is the price of the time that instances with a GPU were seen on. Where
// none was seen on, it is that of the training alone, which is less than was
// paid.
func cost(record journey.Record) (amount string, least bool) {
	price, currency, _ := strings.Cut(record.Steps[journey.Region].Fact("price"), " ")
	perHour, err := strconv.ParseFloat(price, 64)
	on := record.SeenOn()
	if on == 0 {
		seconds, err := strconv.Atoi(record.Steps[journey.Train].Fact("seconds"))
		if err != nil {
			return "", false
		}
		on, least = time.Duration(seconds)*time.Second, true
	}
	if err != nil || math.IsNaN(perHour) || perHour <= 0 || math.IsInf(perHour, 0) {
		return "", false
	}
	return strings.TrimSpace(strconv.FormatFloat(perHour*on.Hours(), 'f', 2, 64) + " " + clean.Line(currency)), least
}

// atWork is how long a pause between two entries may be to count as work.
const atWork = 15 * time.Minute

func (row *Row) time(record journey.Record) {
	for i, e := range record.Journal {
		if i == 0 {
			row.id = e.Text
			continue
		}
		if gap := e.At.Sub(record.Journal[i-1].At); gap > 0 && gap <= atWork {
			row.Time += gap
		}
	}
	row.Seconds = int(row.Time.Seconds())
}

func (row *Row) lesson(record journey.Record, l *lesson.Lesson) {
	var s lesson.State
	if len(record.Lesson) == 0 || json.Unmarshal(record.Lesson, &s) != nil {
		return
	}
	row.Lesson, row.Finished = clean.Line(s.Lesson), !s.Ended.IsZero()
	for _, id := range keys(s.Tasks) {
		t := s.Tasks[id]
		row.Hints += t.Hints
		if t.Right {
			row.Right++
		}
		if t.Answer != "" {
			wrong := t.Tries
			if t.Right {
				wrong--
			}
			row.Wrong += max(0, wrong)
			row.Answers = append(row.Answers, Answer{Task: clean.Line(id), Answer: clean.Line(t.Answer), Right: t.Right, Tries: t.Tries})
		}
	}
	if l == nil || l.ID != s.Lesson {
		return
	}
	row.Asked = l.Questions()
	if s.Digest != l.Digest() {
		row.Marks = append(row.Marks, Mark{MarkLesson, ""})
	}
	world := lesson.World{Steps: journey.Next(record, nil, nil)}
	for _, t := range l.Tasks {
		if tried := s.Tasks[t.ID]; t.Asks() && tried.Right && !l.IsRight(t.ID, tried.Answer, world) {
			row.Marks = append(row.Marks, Mark{MarkAnswer, t.ID})
		}
	}
}

func keys(m map[string]lesson.Tried) []string {
	var list []string
	for key := range m {
		list = append(list, key)
	}
	slices.Sort(list)
	return list
}

// compare marks records that are the same as another's.
func compare(rows []Row) {
	of := map[string][]int{}
	for i, row := range rows {
		if row.id != "" {
			of[row.id] = append(of[row.id], i)
		}
	}
	for _, same := range of {
		for _, i := range same {
			for _, other := range same {
				if i != other && rows[i].File != rows[other].File {
					rows[i].Marks = append(rows[i].Marks, Mark{MarkCopied, rows[other].Student})
				}
			}
		}
	}
}

// WriteCSV writes a table whose first row are the headings. A cell that a
// spreadsheet would take for a formula gets an apostrophe in front.
func WriteCSV(w io.Writer, table [][]string) error {
	// Spreadsheets know UTF-8 by its mark.
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	for _, row := range table {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = inert(cell)
		}
		if err := out.Write(safe); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func inert(cell string) string {
	trimmed := strings.TrimLeft(cell, " \t\r\n\u00a0\u3000")
	if trimmed != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(trimmed)[0]) || cell != "" && (cell[0] == '\t' || cell[0] == '\r') {
		return "'" + cell
	}
	return cell
}
