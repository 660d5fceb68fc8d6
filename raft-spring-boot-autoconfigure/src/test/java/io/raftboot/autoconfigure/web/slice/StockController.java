package io.raftboot.autoconfigure.web.slice;

import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class StockController {
    private final Stock stock;

    StockController(Stock stock) {
        this.stock = stock;
    }

    @PutMapping("/stock/{quantity}")
    int add(@PathVariable int quantity) {
        return stock.add(quantity);
    }
}
