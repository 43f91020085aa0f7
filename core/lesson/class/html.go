package class

import (
	"html/template"
	"io"
)

// A Page is the table as one HTML file, with nothing to be fetched.
type Page struct {
	Lang, Title string
	Notes       []string
	Table       [][]string // the first row are the headings
	Marked      []bool     // by row of the table, the headings left out
}

var page = template.Must(template.New("class").Parse(`<!DOCTYPE html>
<html lang="{{.Lang}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{{.Title}}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em; color: #1d2430; background: #fff }
table { border-collapse: collapse }
th, td { padding: .35em .8em; border-bottom: 1px solid #d6dbe3; text-align: left; vertical-align: top }
th { border-bottom: 2px solid #8a93a3 }
tr.marked td { background: #fdf3e1 }
p { max-width: 60em }
@media (prefers-color-scheme: dark) { body { color: #d8dde6; background: #161a21 } tr.marked td { background: #3a2f1a } th, td { border-color: #3a4352 } }
</style>
</head>
<body>
<h1>{{.Title}}</h1>
<table>
{{range $i, $row := .Table}}{{if $i}}<tr{{if index $.Marks $i}} class="marked"{{end}}>{{range $row}}<td>{{.}}</td>{{end}}</tr>
{{else}}<tr>{{range $row}}<th>{{.}}</th>{{end}}</tr>
{{end}}{{end}}</table>
{{range .Notes}}<p>{{.}}</p>
{{end}}</body>
</html>
`))

// Marks says by the table's rows, the headings with them, which are marked.
func (p Page) Marks() []bool { return append([]bool{false}, p.Marked...) }

// WriteHTML writes the page.
func WriteHTML(w io.Writer, p Page) error { return page.Execute(w, p) }
