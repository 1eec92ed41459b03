// Package hubtest holds tests of the whole hub on real databases: processes that are
// killed at random instants, storms of faults, and the speed of intake and sending.
package hubtest
