package text

// ReportWords are the words of the report for whoever helps.
type ReportWords = reportOf[string]

type reportOf[T any] struct {
	Title, Plan, Instance, Error, Log T
}

var reportWords = reportOf[say]{
	Title:    say{"gpuwizard 求助报告（密码、令牌、密钥、主机地址、用户名已划掉）", "gpuwizard, report for whoever helps (passwords, tokens, keys, host addresses and user names are struck out)"},
	Plan:     say{"计划：", "plan:"},
	Instance: say{"实例：", "instance:"},
	Error:    say{"最近的错误，", "last error,"},
	Log:      say{"日志的最后几行，", "last lines of"},
}

// Report returns the words of the report for whoever helps.
func (t *Text) Report() ReportWords { return spoken[ReportWords](t, reportWords) }
