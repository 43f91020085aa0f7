// Package page holds what all reports in one HTML file share: their look, and
// pictures as part of the file. Such a page fetches nothing and runs no script.
package page

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"html/template"
	"image"
	"image/jpeg"
	"io"
)

//go:embed page.css
var css string

// Style is the look of a page, for its <style>.
var Style = template.CSS(css)

// Policy is the policy that a page asks its reader's browser to hold.
const Policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"

// Write writes a page all at once, or nothing of it where the form fails.
func Write(w io.Writer, form *template.Template, view any) error {
	var b bytes.Buffer
	if err := form.Execute(&b, view); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

const quality = 80

// Picture returns a picture as the address of itself. It is encoded anew: not a
// byte of a file from elsewhere gets into the page.
func Picture(img image.Image) (template.URL, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		return "", err
	}
	return template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(b.Bytes())), nil
}
