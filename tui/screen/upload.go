package screen

import (
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
)

// upload is the screen of logging in and sending data and code.
type upload struct{ *Screen }

func (u *upload) begin()                 {}
func (u *upload) tell(wizard.Event)      {}
func (u *upload) work(int, int) []string { return nil }
func (u *upload) outcome(int) []string   { return nil }
func (u *upload) facts() []string        { return []string{"host", "gpu", "torch", "folder"} }

// aside tells where the platform shows its login, and what one looks like.
func (u *upload) aside(width, height int) []string {
	p, ok := rental.PlatformByID(u.Plan.Platform)
	if !ok || u.Practice {
		return nil
	}
	t := u.Text
	rows := []row{{label: t.LoginHow, value: t.OfPlatform(p.Login.Note)}, {label: t.LoginExample, value: p.Login.Example}}
	if p.NoGPU != nil {
		rows = append(rows, row{label: t.NoGPUMode, value: t.Fill(t.NoGPUWhy, map[string]string{
			"price": t.Money(parse(p.NoGPU.PerHour), p.Currency),
		})})
	}
	return firstRows(u.Theme, rows, width, height)
}
