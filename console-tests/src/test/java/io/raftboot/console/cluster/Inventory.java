package io.raftboot.console.cluster;

import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftRestore;
import io.raftboot.spring.RaftSnapshot;
import io.raftboot.spring.RaftStateMachine;
import java.util.Map;
import java.util.TreeMap;

/** A state machine whose commands may fail. */
@RaftStateMachine("inventory")
class Inventory {
    private final Map<String, Integer> stock = new TreeMap<>();

    @RaftCommand
    int add(String sku, int quantity) {
        return stock.merge(sku, quantity, Integer::sum);
    }

    @RaftCommand
    int take(String sku, int quantity) {
        int there = stock.getOrDefault(sku, 0);
        if (there < quantity) {
            throw new IllegalArgumentException("of " + sku + " there are " + there);
        }
        return add(sku, -quantity);
    }

    @RaftQuery
    int count(String sku) {
        return stock.getOrDefault(sku, 0);
    }

    @RaftSnapshot
    Map<String, Integer> save() {
        return new TreeMap<>(stock);
    }

    @RaftRestore
    void restore(Map<String, Integer> snapshot) {
        stock.clear();
        stock.putAll(snapshot);
    }
}
