package io.raftboot.autoconfigure.web.slice;

import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication(proxyBeanMethods = false)
class SliceApplication {}
