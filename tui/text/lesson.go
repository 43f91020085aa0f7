package text

import (
	"slices"
	"strconv"
	"strings"

	"gpuwizard/core/clean"
	"gpuwizard/core/lesson"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

var lessonProblems = map[problem.Code]trouble{
	lesson.Unreadable:   {say{"读不了课程文件 {path}。", "The lesson {path} cannot be read."}, say{"检查路径和读取权限。", "Look at its path and whether you may read it."}},
	lesson.TooLarge:     {say{"课程文件 {path} 太大，不像是课程。", "The lesson {path} is too large to be one."}, say{"最大 {max:size}。换一个文件。", "Up to {max:size} is allowed. Name another file."}},
	lesson.Syntax:       {say{"{path} 第 {line} 行不是正确的 YAML：{detail}", "{path}, line {line} is not YAML: {detail}"}, say{"检查缩进、冒号和引号；文字里有逗号或冒号时要加引号。", "Look at indents, colons and quotes; text with a comma or a colon in it needs quotes."}},
	lesson.UnknownKey:   {say{"{path} 第 {line} 行：课程里不能写 {key}。", "{path}, line {line}: a lesson knows no {key}."}, say{"可以写：{allowed}。", "Allowed: {allowed}."}},
	lesson.Twice:        {say{"{path} 第 {line} 行：{key} 写了两次。", "{path}, line {line}: {key} stands there twice."}, say{"留下一个，删掉另一个。", "Keep one of them."}},
	lesson.Missing:      {say{"{path} 第 {line} 行开始的这一段缺少 {key}。", "{path}: {key} is missing in what begins at line {line}."}, say{"补上 {key}；每段文字都要有 zh 和 en。", "Add {key}; every text needs both zh and en."}},
	lesson.WrongValue:   {say{"{path} 第 {line} 行：{key} 不能是“{got}”。", "{path}, line {line}: {key} cannot be “{got}”."}, say{"可以写：{allowed}。", "Allowed: {allowed}."}},
	lesson.NoSuch:       {say{"没有叫 {name} 的课程，也没有这个文件。", "There is no lesson and no file called {name}."}, say{"自带的课程：{allowed}。", "Built-in lessons: {allowed}."}},
	lesson.Other:        {say{"{path} 是另一课（{got}），不是 {want}。", "{path} is another lesson, {got}, and not {want}."}, say{"用 --dir 给这一课一个新文件夹。", "Give this one a folder of its own with --dir."}},
	lesson.Unmade:       {say{"课程的文件写不进 {path}。", "The lesson's files could not be written: {path}."}, say{"检查这个文件夹能不能写、磁盘有没有空间。", "Look whether the folder can be written to and the disk has room."}},
	lesson.StateBroken:  {say{"{path} 里的课程进度读不懂。", "How far the lesson has come cannot be read from {path}."}, say{"换一个新文件夹重新开始；或者把 progress.json 交给老师看。", "Begin anew in another folder, or show progress.json to your teacher."}},
	lesson.NotPractice:  {say{"{path} 里是一个真正的项目，这一课要在练习实例上做。", "{path} holds a real project, and this lesson is for the practice instance."}, say{"用 --dir 给这一课一个新文件夹。", "Give the lesson a folder of its own with --dir."}},
	lesson.NotNow:       {say{"现在的任务不是这样做的。", "That is not what the present task asks for."}, say{"看看任务要什么：读、做一步，还是回答问题。", "See what it wants: to be read, a step to be done, or an answer."}},
	lesson.NoMoreHints:  {say{"这个任务没有更多提示了。", "There are no more hints for this task."}, say{"再看一遍任务和已给的提示。", "Read the task and the hints once more."}},
	wizard.AnswerLocked: {say{"“{key:question}”由课程定为“{value}”，不能改。", "“{key:question}” is set to “{value}” by the lesson and cannot be changed."}, say{"保持原样，继续往下做。", "Leave it as it is and go on."}},
}

// LessonWords are the words around a lesson.
type LessonWords = lessonOf[string]

type lessonOf[T any] struct {
	TaskOf   T // {number}, {total}, {title}
	GoOn     T
	DoIt     T // {step}
	Stop     T
	Hint     T
	HintOf   T // {number}, {total}, {hint}
	Offer    T // after every third failure
	Right    T
	Wrong    T
	Given    T // {answer}
	Unfit    T
	StepDone T
	NotYet   T // the step was run, and the task wants more
	Wants    T // a step that has to fail, or be done by hand: {what}
	ByHand   T
	TypeIt   T
	Finished T // {right}, {questions}
	Short    T // {right}, {wanted}
	Again    T
	Kept     T
	Title    T
	// In the screens.
	Begin   T
	Next    T // after a task that is done
	ToTask  T // from a step to the lesson
	Tasks   T // heading of the list of tasks
	ToSteps T // from the lesson to the steps
	Choose  T // Enter was pressed with no answer chosen
	Done    T // {done}, {total}
	Fixed   T // beside an answer that cannot be changed
	// Of a lesson in a list, and before its first task.
	Take     T // the choice on the first screen
	TakeWhy  T
	WhichOne T
	Size     T // {tasks}, {questions}
	Wanted   T // {right}
	Locks    T // {questions}
	Gives    T // {answers}
	OnData   T // the lesson brings its pictures
	OwnData  T
	Free     T // on the practice instance
}

var lessonWords = lessonOf[say]{
	TaskOf: say{"任务 {number}/{total}：{title}", "Task {number} of {total}: {title}"},
	GoOn:   say{"继续", "Go on"},
	DoIt:   say{"去做“{step:step}”", "Go to “{step:step}”"},
	Stop:   say{"先停在这里", "Stop here"},
	Hint:   say{"给个提示", "Give me a hint"},
	HintOf: say{"提示 {number}/{total}：{hint}", "Hint {number} of {total}: {hint}"},
	Offer:  say{"已经试了几次了，要不要看一个提示？", "You have tried a few times. Would a hint help?"},
	Right:  say{"答对了。", "Right."}, Wrong: say{"不对，再想想。", "Not quite; think again."},
	Given:    say{"正确答案是：{answer}", "The right answer is: {answer}"},
	Unfit:    say{"这不是这道题的答案，没有算作一次。", "That is no answer to this question; it was not counted."},
	StepDone: say{"做到了。", "Done."},
	NotYet:   say{"还没有达到这个任务的要求。", "This is not what the task asks for yet."},
	ByHand:   say{"这一步要亲手做，向导来核对。", "This step is to be done by hand; the wizard verifies it."},
	TypeIt:   say{"你的答案", "Your answer"},
	Finished: say{"这一课完成了！{questions} 个问题答对了 {right} 个。", "The lesson is finished! {right} of {questions} questions were answered right."},
	Short:    say{"任务都做过了，但只答对了 {right} 个问题，需要 {wanted} 个。", "All tasks were gone through, with {right} questions answered right; {wanted} are wanted."},
	Again:    say{"再答一次没答对的问题", "Answer the others again"},
	Kept:     say{"进度已保存。", "Your progress is kept."},
	Title:    say{"课程", "lesson"},
	Begin:    say{"开始上课", "Begin"},
	Next:     say{"下一个任务", "Next task"},
	ToTask:   say{"回到课程", "Back to the lesson"},
	ToSteps:  say{"去看步骤", "Go to the steps"},
	Tasks:    say{"任务", "Tasks"},
	Choose:   say{"先用 ↑ ↓ 或数字选一个答案。", "Choose an answer first, with the arrows or its number."},
	Done:     say{"已完成 {done}/{total}", "{done} of {total} done"},
	Fixed:    say{"由课程定好", "set by the lesson"},
	Take:     say{"上课", "Take a lesson"},
	TakeWhy:  say{"有任务、问题和提示；不租机器，不花钱", "with tasks, questions and hints, free"},
	WhichOne: say{"选一课", "Choose a lesson"},
	Size:     say{"{tasks} 个任务，其中 {questions} 个是问题。", "{tasks} task{tasks:s}, {questions} of them questions."},
	Wanted:   say{"答对 {right} 个问题才算完成。", "It is finished with {right} of them answered right."},
	Locks:    say{"课程定好、不能改：{questions}。", "Set by the lesson and not to be changed: {questions}."},
	Gives:    say{"已经替你填好：{answers}。", "Filled in to begin with: {answers}."},
	OnData:   say{"图片由课程自带。", "The lesson brings its own pictures."},
	OwnData:  say{"用你自己的图片。", "It is taken with your own pictures."},
	Free:     say{"在练习实例上做，不租机器，不花钱。", "It runs on the practice instance: nothing is rented, nothing costs money."},
	Wants:    say{"这一步注定要失败一次，要学的正是这个。", "This step is meant to fail once: that is what there is to learn."},
}

// Lessons returns the words around a lesson.
func (t *Text) Lessons() LessonWords { return spoken[LessonWords](t, lessonWords) }

// OfLesson returns a lesson's own text in this language, cleaned, its lines
// kept.
func (t *Text) OfLesson(both lesson.Text) string {
	text := say{both.ZH, both.EN}.in(t.Lang)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = clean.Line(line)
	}
	return strings.Join(lines, "\n")
}

// LessonTitle is the title of a lesson or a task: one line, whatever its author
// wrote.
func (t *Text) LessonTitle(both lesson.Text) string {
	return clean.Line(say{both.ZH, both.EN}.in(t.Lang))
}

// LessonAnswer is the right answer to a question, in words: of options, what
// they say.
func (t *Text) LessonAnswer(task *lesson.Task, answer string) string {
	if task.Kind() != lesson.KindChoose {
		return clean.Line(answer)
	}
	var words []string
	for _, o := range task.Choose {
		if o.Right {
			words = append(words, t.OfLesson(o.Text))
		}
	}
	return strings.Join(words, say{"；", "; "}.in(t.Lang))
}

// presetAnswer is an answer that a lesson gives, in words.
func (t *Text) presetAnswer(a lesson.Answer) string {
	if known, ok := choices[a.Key][a.Value]; ok {
		return known.label.in(t.Lang)
	}
	if a.Value == "" {
		return t.Empty
	}
	return t.Answer(a.Key, a.Value, "")
}

// AboutLesson says in some sentences what a lesson is made of.
func (t *Text) AboutLesson(l *lesson.Lesson) []string {
	w, then := t.Lessons(), say{"；", "; "}.in(t.Lang)
	said := []string{t.Fill(w.Size, map[string]string{"tasks": strconv.Itoa(len(l.Tasks)), "questions": strconv.Itoa(l.Questions())})}
	if l.Finish.Right > 0 {
		said[0] = t.Join(said[0], t.Fill(w.Wanted, map[string]string{"right": strconv.Itoa(l.Finish.Right)}))
	}
	where := w.OwnData
	if l.Data.Sample {
		where = w.OnData
	}
	if l.Practice {
		where = t.Join(where, w.Free)
	}
	said = append(said, where)
	var locked, given []string
	answers := map[string]string{}
	for _, a := range l.Preset {
		answers[a.Key] = t.Question(a.Key).Title + t.Colon + t.presetAnswer(a)
		if !slices.Contains(l.Locked, a.Key) {
			given = append(given, answers[a.Key])
		}
	}
	for _, key := range l.Locked {
		if answers[key] == "" {
			answers[key] = t.Question(key).Title
		}
		locked = append(locked, answers[key])
	}
	if len(locked) > 0 {
		said = append(said, t.Fill(w.Locks, map[string]string{"questions": strings.Join(locked, then)}))
	}
	if len(given) > 0 {
		said = append(said, t.Fill(w.Gives, map[string]string{"answers": strings.Join(given, then)}))
	}
	return said
}
