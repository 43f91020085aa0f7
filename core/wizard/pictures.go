package wizard

import (
	"path"
	"slices"
	"strings"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
)

// drawn are the names, without their endings, of what YOLOv5 draws, in the
// order in which it is worth a look; its releases agree on them.
var drawn = []string{"results", "confusion_matrix", "PR_curve", "F1_curve", "P_curve", "R_curve", "val_batch0_pred", "val_batch0_labels", "labels", "train_batch0"}

// PicturesOf are those among the files of a download: what the model found on
// pictures that it had not learned from, and what YOLOv5 drew of the training.
func PicturesOf(e *journey.Evidence) (predictions, plots []instance.FileFact) {
	if e == nil {
		return nil, nil
	}
	place := func(f instance.FileFact) int {
		base := path.Base(f.Path)
		return slices.Index(drawn, strings.TrimSuffix(base, path.Ext(base)))
	}
	for _, f := range e.Files {
		switch ending := strings.ToLower(path.Ext(f.Path)); {
		case path.Base(path.Dir(f.Path)) == predictionsFolder:
			predictions = append(predictions, f)
		case (ending == ".png" || ending == ".jpg") && place(f) >= 0:
			plots = append(plots, f)
		}
	}
	slices.SortStableFunc(plots, func(a, b instance.FileFact) int { return place(a) - place(b) })
	return predictions, plots
}
