// Command draw writes the sample data set into a folder, to look at it or to
// train on it by hand.
package main

import (
	"fmt"
	"os"

	"gpuwizard/core/dataset/sample"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: draw DIR")
		os.Exit(2)
	}
	if err := sample.Write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
