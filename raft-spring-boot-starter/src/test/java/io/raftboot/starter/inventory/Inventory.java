package io.raftboot.starter.inventory;

import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftRestore;
import io.raftboot.spring.RaftSnapshot;
import io.raftboot.spring.RaftStateMachine;
import java.util.Map;
import java.util.TreeMap;

@RaftStateMachine
public class Inventory {
    private final Map<String, Integer> stock = new TreeMap<>();

    @RaftCommand
    public int add(String sku, int quantity) {
        return stock.merge(sku, quantity, Integer::sum);
    }

    @RaftQuery
    public int count(String sku) {
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
