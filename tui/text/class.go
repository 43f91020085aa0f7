package text

import (
	"strconv"
	"strings"

	"gpuwizard/core/clean"
	"gpuwizard/core/journey"
	"gpuwizard/core/lesson/class"
	"gpuwizard/core/problem"
)

var classProblems = map[problem.Code]trouble{
	class.Unreadable: {say{"读不了学生名单 {path}。", "The list of students {path} cannot be read."}, say{"在表格软件里另存为 CSV（逗号分隔），再试一次。", "Save it as CSV, with commas, from your spreadsheet and try again."}},
	class.TooLarge:   {say{"学生名单 {path} 超过 {max} 人。", "The list {path} has more than {max} students."}, say{"分成几个班。", "Make several classes of it."}},
	class.NoColumn:   {say{"{path} 第 {line} 行没有 {column} 这一列，只有：{got}", "{path}, line {line} has no column {column}; it has: {got}"}, say{"第一行要写列名：name（或“姓名”），需要时加 login（或“登录指令”）。", "The first line names the columns: name, and login where students have instances."}},
	class.BadRow:     {say{"{path} 第 {line} 行的 {column} 不能用：{got}", "{path}, line {line}: the {column} cannot be used: {got}"}, say{"name 不能空；login 要像 ssh -p 10309 root@connect.nmb1.seetacloud.com。", "A name must not be empty; a login looks like ssh -p 10309 root@connect.nmb1.seetacloud.com."}},
	"class-there":    {say{"{path} 里已经有东西，没有动它。", "There is something in {path} already; it was left alone."}, say{"给班级一个新文件夹。", "Give the class a new folder."}},
	"class-unmade":   {say{"无法在 {path} 里写文件。", "Files could not be written into {path}."}, say{"检查它能不能写、磁盘有没有空间。", "Look whether it can be written to and the disk has room."}},
	class.Empty:      {say{"{path} 里没有学生。", "There are no students in {path}."}, say{"列名下面每行一个学生。", "Put one student a line below the names of the columns."}},
}

var classMarks = map[class.MarkKind]say{
	class.MarkChain:    {"记录的第 {about} 条和前一条接不上", "entry {about} of the journal does not follow from the one before"},
	class.MarkEvidence: {"{about:step}的证据和当时记下的不一样", "the evidence of {about:step} is not what was noted then"},
	class.MarkTime:     {"时间倒退（{about}）", "times go backwards ({about})"},
	class.MarkOrder:    {"{about:step}完成了，它的前一步却没有", "{about:step} is done and what it builds on is not"},
	class.MarkFigure:   {"{about:step}里有不可能的数", "a figure of {about:step} cannot be"},
	class.MarkJournal:  {"有结果，没有过程记录", "there are outcomes and no journal"},
	class.MarkAnswer:   {"“{about}”记为答对，但答案不对", "“{about}” counts as right and is not"},
	class.MarkCopied:   {"和 {about} 的是同一份记录", "the same record as that of {about}"},
	class.MarkLesson:   {"课程文件和你的不一样", "another version of the lesson than yours"},
	class.MarkUnread:   {"没有能读的进度文件", "no progress file that can be read"},
	class.MarkFuture:   {"{about:step}的时间还没有到", "{about:step} was done at a time that has not come"},
}

// ClassWords are the words around a class.
type ClassWords = classOf[string]

type classOf[T any] struct {
	Title, Student, Steps, Time, Attempts, Lesson, Right, Hints, MAP, Cost, Stands, Marks T
	Finished, Rehearsal, ByHand                                                           T
	AtLeast                                                                               T // {cost}: of the training alone
	// What a mark shows, and what not.
	Shows, ShowsNot T
	Made            T // {count}, {folder}
	NoSecrets       T // {count}: passwords were in the list
	NoLogins        T // {count}: logins were in the list, and the lesson needs none
	Password        T
	HandOut         T
	Collect         T // {command}
	Saved           T // {path}
	Summary         T // {count}, {finished}, {marked}
}

var classWords = classOf[say]{
	Title: say{"班级进度", "The class"}, Student: say{"学生", "student"}, Steps: say{"步骤", "steps"}, Time: say{"用时", "time"},
	Attempts: say{"尝试", "attempts"}, Lesson: say{"课程", "lesson"}, Right: say{"答对/答错", "right/wrong"}, Hints: say{"提示", "hints"},
	MAP: say{"mAP50", "mAP50"}, Cost: say{"开机花费", "cost of time on"}, Stands: say{"现状", "stands at"}, Marks: say{"标记", "marks"},
	Finished: say{"完成", "finished"}, Rehearsal: say{"演练", "rehearsal"}, ByHand: say{"亲手做 {count} 步", "{count} by hand"},
	AtLeast: say{"至少 {cost}（只算训练）", "at least {cost} (the training alone)"},
	Shows: say{
		"标记说明：进度文件里每条记录都带着前一条的校验值。标记表示文件和程序写下时不一样，或者内容对不上。",
		"What a mark shows: each entry of a progress file carries a digest over the one before. A mark says that the file is not as the program left it, or does not agree with itself.",
	},
	ShowsNot: say{
		"标记不能说明是谁改的、为什么改；没有标记也不能证明是本人做的：会重新计算校验值的人可以做出看不出的文件。请和学生谈，不要只凭标记下结论。",
		"What it does not show: who changed it, or why. And no mark proves nothing either: whoever recomputes the digests makes a file that shows none. Talk with the student; a mark alone decides nothing.",
	},
	Made:      say{"为 {count:count} 个学生各做了一个文件夹，在 {folder}。", "Made a folder for each of {count:count} student{count:s}, in {folder}."},
	NoSecrets: say{"名单里的 {count:count} 个密码没有写进任何文件。", "The {count:count} password{count:s} in the list went into no file."},
	NoLogins:  say{"这一课在练习实例上做，名单里的 {count:count} 条登录指令没有用上。", "The lesson runs on the practice instance: the {count:count} login{count:s} in the list went into no plan."},
	Password:  say{"密码请当面或写在纸上交给每个学生；上传那一步会问，只留在内存里。", "Give each student their password in person or on paper; the upload asks for it and keeps it in memory only."},
	HandOut:   say{"把各人的文件夹交给学生（网盘、U 盘、压缩包都行）；学生在里面运行 gpuwizard。", "Hand each student their folder, by a share, a stick or a zip; they run gpuwizard in it."},
	Collect:   say{"收回文件夹（或其中的 .gpuwizard/progress.json）后运行：{command}", "Collect the folders, or .gpuwizard/progress.json from each, and run: {command}"},
	Saved:     say{"已写好 {path}", "Wrote {path}"},
	Summary:   say{"{count:count} 个学生，{finished:count} 个完成，{marked:count} 个有标记。", "{count:count} student{count:s}, {finished:count} finished, {marked:count} marked."},
}

// Class returns the words around a class.
func (t *Text) Class() ClassWords { return spoken[ClassWords](t, classWords) }

// classMark says what does not add up.
func (t *Text) classMark(m class.Mark) string {
	return t.Fill(classMarks[m.Kind].in(t.Lang), map[string]string{"about": m.About})
}

// ClassTable is the table of a class, headings first.
func (t *Text) ClassTable(rows []class.Row) [][]string {
	w := t.Class()
	table := [][]string{{w.Student, w.Steps, w.Stands, w.Time, w.Attempts, w.Lesson, w.Right, w.Hints, w.MAP, w.Cost, w.Marks}}
	for _, r := range rows {
		steps := strconv.Itoa(r.Steps) + "/" + strconv.Itoa(len(journey.Steps()))
		if r.ByHand > 0 {
			steps += ", " + t.Fill(w.ByHand, map[string]string{"count": strconv.Itoa(r.ByHand)})
		}
		stands := t.Step(r.Now).Name
		if r.Now == "" {
			stands = w.Finished
		}
		if r.Failed != "" {
			stands += " (" + clean.Line(r.Failed) + ")"
		}
		about := r.Lesson
		if r.Finished {
			about += ", " + w.Finished
		}
		right := ""
		if r.Lesson != "" {
			right = strconv.Itoa(r.Right) + "/" + strconv.Itoa(r.Wrong)
		}
		figure := r.MAP50
		if r.Practice && figure != "" {
			figure += " (" + w.Rehearsal + ")"
		}
		cost := r.Cost
		if r.AtLeast && cost != "" {
			cost = t.Fill(w.AtLeast, map[string]string{"cost": cost})
		}
		var marks []string
		for _, m := range r.Marks {
			marks = append(marks, t.classMark(m))
		}
		table = append(table, []string{
			clean.Line(r.Student), steps, stands, t.Duration(r.Time), strconv.Itoa(r.Attempts), about, right, strconv.Itoa(r.Hints), figure, cost,
			strings.Join(marks, "; "),
		})
	}
	return table
}
