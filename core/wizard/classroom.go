package wizard

import (
	"encoding/json"
	"slices"
	"time"

	"gpuwizard/core/problem"
)

// AnswerLocked is the problem of an answer that a lesson keeps from being
// changed.
const AnswerLocked problem.Code = "answer-locked" // key, value

// Lock keeps answers from being changed with Set.
func (p *Project) Lock(keys ...string) {
	for _, key := range keys {
		if !p.isLocked(key) {
			p.locked = append(p.locked, key)
		}
	}
}

// isLocked reports whether an answer cannot be changed.
func (p *Project) isLocked(key string) bool { return slices.Contains(p.locked, key) }

// Impose gives an answer as Set does, whether it is locked or not.
func (p *Project) Impose(key, value string) error {
	locked := p.locked
	p.locked = nil
	defer func() { p.locked = locked }()
	return p.Set(key, value)
}

// LessonState is what SaveLesson kept, or nothing.
func (p *Project) LessonState() json.RawMessage { return p.record.Lesson }

// SaveLesson keeps how far a lesson has come, in the record and its journal.
func (p *Project) SaveLesson(state json.RawMessage, what, about string) error {
	p.record.NoteLesson(state, what, about, time.Now())
	return p.record.Save(p.dir)
}

// Student is who the record is of, as the teacher named them.
func (p *Project) Student() string { return p.record.Student }

// SetStudent names the student.
func (p *Project) SetStudent(name string) error {
	p.record.Student = name
	return p.record.Save(p.dir)
}
