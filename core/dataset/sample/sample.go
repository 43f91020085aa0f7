// Package sample draws the sample data set of the practice instance: some
// dozens of small pictures of people-like figures with Pascal VOC labels, in
// the layout that beginners are taught (a train and a test folder, each with
// pictures and XML side by side).
//
// Everything is drawn from a fixed seed with integer arithmetic alone, so the
// set is the same on every system; nothing is embedded. Reading data sets is
// the business of package dataset.
package sample

import (
	"bytes"
	"fmt"
	"image/jpeg"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// What the set holds.
const (
	Class         = "person"
	TrainPictures = 48
	TestPictures  = 12
)

// The seed was chosen by looking at the pictures; a recorded training belongs
// to it, so changing it means recording anew.
const seed = 20241226

const quality = 88

// Write draws the set into dir, which is made if it is missing: dir/train and
// dir/test. Files that are there already with the right content are left
// alone, so that a second call changes nothing.
func Write(dir string) error {
	var group errgroup.Group
	group.SetLimit(runtime.NumCPU())
	for n := range TrainPictures + TestPictures {
		part := "train"
		if n >= TrainPictures {
			part = "test"
		}
		folder := filepath.Join(dir, part)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		group.Go(func() error { return writePicture(folder, part, n) })
	}
	return group.Wait()
}

func writePicture(folder, part string, n int) error {
	name := fmt.Sprintf("person-%03d", n+1)
	img, boxes := draw(n)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		return err
	}
	if err := put(filepath.Join(folder, name+".jpg"), b.Bytes()); err != nil {
		return err
	}
	size := img.Bounds().Size()
	return put(filepath.Join(folder, name+".xml"), annotation(part, name+".jpg", size, boxes))
}

// put makes path hold data, by a temporary name so that an interrupted call
// leaves no half file behind under the right name.
func put(path string, data []byte) error {
	if have, err := os.ReadFile(path); err == nil && bytes.Equal(have, data) {
		return nil
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".sample-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(data)
	if err == nil {
		err = temp.Chmod(0o644)
	}
	if cerr := temp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		os.Remove(temp.Name())
	}
	return err
}
