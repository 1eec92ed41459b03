module github.com/kanava-go/kanava/channel/redislimit

go 1.26.0

require (
	github.com/kanava-go/kanava v0.0.0
	github.com/redis/rueidis v1.0.79
	github.com/stretchr/testify v1.12.1
)

require (
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/sys v0.47.0 // indirect
	golang.org/x/time v0.16.0 // indirect
)

replace github.com/kanava-go/kanava => ../../
