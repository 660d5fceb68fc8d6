package io.raftboot.test.inventory;

import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication(proxyBeanMethods = false)
class InventoryApplication {}
