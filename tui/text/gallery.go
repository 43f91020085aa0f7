package text

import (
	"path"
	"strings"
)

// GalleryText is the words about the pictures that came with the model.
type GalleryText = galleryOf[string]

type galleryOf[T any] struct {
	Prediction, Rehearsed T
}

var galleryWords = galleryOf[say]{
	Prediction: say{"样例检测：没拿来训练的图片，框是你的模型画的，数字是它的把握。", "Sample prediction: a picture that your model has not learned from. The boxes are its own, with how sure it is."},
	Rehearsed:  say{"样例检测（演练）：框是录好的那次训练画的。", "Sample prediction (rehearsal): the boxes are those of the recorded model."},
}

// plots say what each of YOLOv5's pictures shows.
var plots = map[string]say{
	"results":           {"各轮的误差和精度：误差应当下降，精度应当上升。", "Losses and accuracy by epoch: losses should fall, accuracy should rise."},
	"confusion_matrix":  {"混淆矩阵：对角线上是认对的；background 一行一列是漏掉的和凭空画的。", "Confusion matrix: right answers on the diagonal; with background, what was missed and what was seen where nothing is."},
	"PR_curve":          {"精确率与召回率：曲线越贴近右上角越好，下面的面积就是 mAP50。", "Precision and recall: the nearer to the upper right corner the better; the area below is mAP50."},
	"F1_curve":          {"F1 随把握的门槛变化：最高点的横坐标适合作 --conf-thres。", "F1 by confidence: where it is highest is a good --conf-thres."},
	"P_curve":           {"精确率随把握的门槛变化。", "Precision by confidence."},
	"R_curve":           {"召回率随把握的门槛变化。", "Recall by confidence."},
	"val_batch0_pred":   {"验证图片上模型画的框；和下一张（标注）对比着看。", "What the model found on pictures to validate on; compare with the labels, the next one."},
	"val_batch0_labels": {"同样的验证图片，标注的框。", "The same pictures with their labels."},
	"labels":            {"训练标注的分布：各类多少、多大、在哪里。", "How the labels spread: classes, sizes, places."},
	"train_batch0":      {"训练时模型看到的图片：拼接、变色、缩放过。", "Pictures as the model saw them in training: put together, recoloured, scaled."},
}

// Gallery returns the words about the pictures that came with the model.
func (t *Text) Gallery() GalleryText { return spoken[GalleryText](t, galleryWords) }

// Plot says what a picture of YOLOv5 shows, by its file's name; "" if that is
// not known.
func (t *Text) Plot(name string) string {
	return plots[strings.TrimSuffix(name, path.Ext(name))].in(t.Lang)
}
