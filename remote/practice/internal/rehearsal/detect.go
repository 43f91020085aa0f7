package rehearsal

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"path"
	"slices"
	"strings"

	"gpuwizard/remote/practice/internal/command"
	"gpuwizard/remote/practice/internal/confine"
)

const nothingFound = "REHEARSAL 演练: nothing is looked for here. The recorded training drew these pictures when it validated. 这里没有检测任何东西：这些图片是录像里的训练在验证时画的。"

// values are the arguments of a script that are given as --name value.
func values(args []string) map[string]string {
	found := map[string]string{}
	for i, word := range args {
		if name, ok := strings.CutPrefix(word, "--"); ok && i+1 < len(args) && !strings.HasPrefix(args[i+1], "--") {
			found[name] = args[i+1]
		}
	}
	return found
}

// weightsOf is the path of a script's weights, which have to be there.
func weightsOf(c *command.Call, values map[string]string) (string, *refusal) {
	weights := values["weights"]
	full := confine.Abs(c.Dir, weights)
	if info, err := c.Folder.Stat(full); weights == "" || err != nil || !info.Mode().IsRegular() {
		return "", &refusal{error: "FileNotFoundError: [Errno 2] No such file or directory: '" + weights + "'"}
	}
	return full, nil
}

// detect is detect.py: a picture whose name the recording knows gets what the
// recorded model found on it, any other one of those in turn.
func (p *Python) detect(c *command.Call, script string, args []string) int {
	a := values(args)
	if _, missing := weightsOf(c, a); missing != nil {
		return refused(c, script, missing)
	}
	pictures := checker{c, path.Dir(script)}.below(confine.Abs(c.Dir, a["source"]))
	if len(pictures) == 0 {
		return refused(c, script, &refusal{error: "Exception: ERROR: " + a["source"] + " does not exist"})
	}
	fmt.Fprintln(c.Stderr, nothingFound)
	slices.Sort(pictures)
	out := confine.Abs(c.Dir, path.Join(a["project"], a["name"]))
	if err := p.drawFound(c, pictures, out); err != nil {
		fmt.Fprintf(c.Stderr, "OSError: %v\n", err)
		return 1
	}
	fmt.Fprintf(c.Stderr, "Results saved to %s\n%s\n", out, nothingFound)
	return 0
}

// drawFound writes what the recording has for each of the pictures.
func (p *Python) drawFound(c *command.Call, pictures []string, out string) error {
	if err := c.Folder.MkdirAll(out, 0o755); err != nil {
		return err
	}
	mosaic, err := p.recording.mosaic()
	if err != nil {
		return err
	}
	for i, name := range pictures {
		found, err := p.recording.prediction(mosaic, path.Base(name), i)
		if err != nil {
			return err
		}
		if err := (&player{Call: c, run: out}).write(path.Base(name), found); err != nil {
			return err
		}
		fmt.Fprintf(c.Stderr, "image %d/%d %s\n", i+1, len(pictures), name)
	}
	return nil
}

// Predictions say where a recording holds what its model found: on tiles of
// one picture, which YOLOv5 fills from top to bottom and then to the right
// (v7.0 utils/plots.py, plot_images).
type Predictions struct {
	File  string   `json:"file"`
	Rows  int      `json:"rows"`
	Names []string `json:"names"` // of the pictures, without their endings
}

// mosaic is the picture that the predictions are tiles of.
func (r *Recording) mosaic() (image.Image, error) {
	p := r.Predictions
	if p.Rows <= 0 || len(p.Names) == 0 {
		return nil, fmt.Errorf("the recording holds no predictions")
	}
	mosaic, _, err := image.Decode(bytes.NewReader(r.picture[p.File]))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.File, err)
	}
	return mosaic, nil
}

// prediction cuts the tile of a picture out, or that of another number.
func (r *Recording) prediction(mosaic image.Image, name string, number int) ([]byte, error) {
	p := r.Predictions
	ending := path.Ext(name)
	at := slices.Index(p.Names, strings.TrimSuffix(name, ending))
	if at < 0 {
		at = number % len(p.Names)
	}
	side := mosaic.Bounds().Dy() / p.Rows
	tile := image.NewRGBA(image.Rect(0, 0, side, side))
	draw.Draw(tile, tile.Bounds(), mosaic, image.Pt(at/p.Rows*side, at%p.Rows*side), draw.Src)
	var b bytes.Buffer
	var err error
	if strings.EqualFold(ending, ".png") {
		err = png.Encode(&b, tile)
	} else {
		err = jpeg.Encode(&b, tile, &jpeg.Options{Quality: 90})
	}
	return b.Bytes(), err
}
