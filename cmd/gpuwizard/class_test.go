package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// classSize is how many students the class has: few by default, and as many as
// GPUWIZARD_TEST_CLASS says.
func classSize() int {
	if n, err := strconv.Atoi(os.Getenv("GPUWIZARD_TEST_CLASS")); err == nil && n >= 6 {
		return n
	}
	return 6
}

// TestClass makes a class, runs all its students at once as programs of their
// own, some of them failing on purpose, and reports it in one table.
func TestClass(t *testing.T) {
	t.Parallel()
	const secret = "Planted-Word-4711"
	size := classSize()
	home := t.TempDir()
	var list strings.Builder
	list.WriteString("姓名;login;password\n")
	names := map[int]string{1: "=HYPERLINK(\"x\")", 2: "<script>alert(1)</script>", 3: "李 雷"}
	for i := 1; i <= size; i++ {
		if names[i] == "" {
			names[i] = fmt.Sprintf("Student %d", i)
		}
		fmt.Fprintf(&list, "\"%s\";ssh -p %d root@host%d.example.com %s;%s\n", strings.ReplaceAll(names[i], `"`, `""`), 10000+i, i, secret, secret)
	}
	write(t, filepath.Join(home, "students.csv"), list.String())
	room := filepath.Join(home, "class 班")
	r := program(t, "class", "new", room, "--lesson", "person", "--students", filepath.Join(home, "students.csv"), "--lang", "en")
	if r.code != 0 || strings.Contains(r.all(), secret) || !strings.Contains(r.out, "went into no file") || !strings.Contains(r.out, "went into no plan") {
		t.Fatalf("exit code %d:\n%s", r.code, r.all())
	}
	folders, err := filepath.Glob(filepath.Join(room, "*"))
	if err != nil || len(folders) != size {
		t.Fatalf("%d folders for %d students, %v", len(folders), size, err)
	}
	if again := program(t, "class", "new", room, "--lesson", "person", "--students", filepath.Join(home, "students.csv")); again.code != exitUsage {
		t.Errorf("into a folder with a class: exit code %d", again.code)
	}
	// The fourth lost their data, the fifth has a broken label.
	if err := os.RemoveAll(filepath.Join(folders[3], "train_data")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folders[4], "train_data", "train", "person-001.xml"), "<annotation>")

	// All at once, each a process of its own.
	var students []*exec.Cmd
	for _, folder := range folders {
		c := command(t, "run", "--yes", "--speed", "2000", "--dir", folder)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		students = append(students, c)
	}
	for i, c := range students {
		if err := c.Wait(); (err != nil) != (i == 3 || i == 4) {
			t.Errorf("student %d: %v", i+1, err)
		}
	}
	apart(t, folders)
	nowhere(t, home, secret, filepath.Join(home, "students.csv"))

	// The sixth gave themselves a better figure, by hand.
	progress := filepath.Join(folders[5], ".gpuwizard", "progress.json")
	text := read(t, progress)
	better := strings.Replace(text, `"map50": "0.`, `"map50": "0.99`, 1)
	if better == text {
		t.Fatal("no such figure")
	}
	write(t, progress, better)
	// The third also handed in the first one's file as a second one.
	copied := filepath.Join(home, "copied", ".gpuwizard", "progress.json")
	write(t, copied, read(t, filepath.Join(folders[0], ".gpuwizard", "progress.json")))

	csvFile, htmlFile := filepath.Join(home, "class.csv"), filepath.Join(home, "class.html")
	r = program(t, "class", "report", room, copied, "--lang", "en", "--csv", csvFile, "--html", htmlFile)
	if r.code != 0 {
		t.Fatalf("exit code %d:\n%s", r.code, r.all())
	}
	if strings.Contains(r.out, "\x1b") || !strings.Contains(r.out, "What it does not show") {
		t.Errorf("%s", r.out)
	}
	table, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(read(t, csvFile), "\ufeff"))).ReadAll()
	if err != nil || len(table) != size+2 {
		t.Fatalf("%d rows, %v", len(table), err)
	}
	for i, want := range map[int][]string{
		1: {"'=HYPERLINK(\"x\")", "7/7", "the same record as that of"},
		2: {"<script>alert(1)</script>", "7/7"},
		3: {"李 雷", "7/7"},
		4: {"Student 4", "1/7"},
		5: {"Student 5", "1/7"},
		6: {"Student 6", "7/7", "the evidence of Train is not what was noted then"},
	} {
		row := strings.Join(table[i], "|")
		for _, part := range want {
			if !strings.Contains(row, part) {
				t.Errorf("row %d lacks %q: %s", i, part, row)
			}
		}
	}
	if marked := strings.Join(table[2], "|"); strings.Contains(marked, "evidence") || strings.Contains(marked, "journal") {
		t.Errorf("an honest file is marked: %s", marked)
	}
	page := read(t, htmlFile)
	if strings.Contains(page, "<script>") || !strings.Contains(page, "&lt;script&gt;") || strings.Count(page, "<tr class=\"marked\">") < 3 {
		t.Errorf("the page:\n%s", page)
	}
	r = program(t, "class", "report", room, "--json")
	for line := range strings.Lines(r.out) {
		var row map[string]any
		if err := json.Unmarshal([]byte(line), &row); err != nil || row["student"] == "" {
			t.Errorf("%v: %q", err, line)
		}
	}
}

// apart holds that no student's folder names another's, and that each did one
// training.
func apart(t *testing.T, folders []string) {
	t.Helper()
	for i, folder := range folders {
		if i == 3 || i == 4 {
			continue
		}
		jobs, err := os.ReadDir(filepath.Join(folder, ".gpuwizard", "practice", "root", "gpuwizard-person", "jobs"))
		// What the model finds is a job after the training's.
		trainings := slices.DeleteFunc(jobs, func(job fs.DirEntry) bool { return strings.HasPrefix(job.Name(), "predict-") })
		if err != nil || len(trainings) != 1 {
			t.Errorf("%s: %v, %v", folder, trainings, err)
		}
		for _, name := range []string{"gpuwizard.yaml", ".gpuwizard/progress.json"} {
			text := read(t, filepath.Join(folder, name))
			for j, other := range folders {
				if j != i && strings.Contains(text, filepath.Base(other)+"/") {
					t.Errorf("%s names %s", filepath.Join(folder, name), other)
				}
			}
		}
	}
}

// nowhere holds that no file below a folder has a secret in it, but for one.
func nowhere(t *testing.T, dir, secret, but string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && name != but && strings.Contains(read(t, name), secret) {
			t.Errorf("%s holds a secret", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestClassListMistakesAreTold(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, says string }{
		{"empty", "", "There are no students"},
		{"no names", "login\nssh root@a.example\n", "has no column name"},
		{"nobody", "name,login\n\n", "There are no students"},
		{"a name that is none", "name,login\n,ssh root@a.example\n", "line 2: the name cannot be used"},
		{"a login without its port", "name,login\nAn,ssh root@connect.nmb1.seetacloud.com secret\n", "line 2: the login cannot be used: ssh root@connect.nmb1.seetacloud.com"},
		{"a login that is none", "name,login\nAn,telnet a.example secret\n", "line 2: the login cannot be used"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			list := filepath.Join(dir, "s.csv")
			write(t, list, test.text)
			r := program(t, "class", "new", filepath.Join(dir, "c"), "--lesson", "person", "--students", list, "--lang", "en")
			if r.code != exitUsage || !strings.Contains(r.all(), test.says) || strings.Contains(r.all(), "secret") {
				t.Errorf("exit code %d:\n%s", r.code, r.all())
			}
			if _, err := os.Stat(filepath.Join(dir, "c")); err == nil {
				t.Error("a folder was made")
			}
		})
	}
}
