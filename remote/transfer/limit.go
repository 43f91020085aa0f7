package transfer

import (
	"context"

	"golang.org/x/time/rate"
)

// meterPiece is how much is counted, and held back, at once.
const meterPiece = 32 << 10

// NewLimit returns a limit of so many bytes a second; nil is none.
func NewLimit(bytesPerSecond int64) *rate.Limiter {
	if bytesPerSecond <= 0 {
		return nil
	}
	return rate.NewLimiter(rate.Limit(bytesPerSecond), meterPiece)
}

// await waits until so many bytes may pass.
func await(ctx context.Context, l *rate.Limiter, n int) error {
	if l == nil {
		return nil
	}
	if l.WaitN(ctx, n) != nil {
		<-ctx.Done() // it fails beforehand where ctx's deadline comes first
		return context.Cause(ctx)
	}
	return nil
}
