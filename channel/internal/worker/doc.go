// Package worker works off one kind of work: it claims what is due, hands each piece to a bounded
// number of workers, and gives back what fails.
//
// It knows a store, a clock and a handler, and nothing of what the work is about. How careful to
// be with a group of work (see [Care]) and what becomes of failed work is said by whoever made the
// [Runner].
//
//	worker.go   what a runner is made of and is told
//	run.go      the loop: claim, read ahead, hand out
//	crew.go     those who do the work, one piece after the other, and let go
//	ask.go      what to claim, by how careful to be with each group
//	shares.go   how much each group may have in hand
//	gate.go     how many calls of somebody slow may run, and how much is claimed ahead of them
//	place.go    work that is claimed as it is enqueued here, and what passes without a queue
//	due.go      when to look for work of this process that falls due later
//	pile.go     work that is over and leaves its queue with others
//	job.go      the work in a worker's hand, and whose lease it is when a clock jumps
//	outcome.go  what becomes of it: done, later, buried
//	backoff.go  how long to wait before another try
//	drain.go    how long work in hand may go on after the end
package worker
