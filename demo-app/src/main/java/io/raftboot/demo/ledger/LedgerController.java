package io.raftboot.demo.ledger;

import io.raftboot.demo.web.Requests;
import io.raftboot.replica.Consistency;
import io.raftboot.spring.RaftCallOptions;
import io.raftboot.spring.RaftTemplate;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.util.unit.DataSize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The ledger over HTTP. */
@RestController
final class LedgerController {
    private static final String MACHINE = "ledger";
    private static final DataSize MAX_BODY = DataSize.ofKilobytes(16);
    private static final int MAX_ID_CHARACTERS = 200;

    private final RaftTemplate raft;
    private final JsonMapper json = JsonMapper.builder().build();

    LedgerController(RaftTemplate raft) {
        this.raft = raft;
    }

    /** What a request to open an account says; all of it may be missing. */
    record OpenRequest(@Nullable String id, @Nullable Long balance) {}

    /** What a request to transfer says; all of it may be missing. */
    record TransferRequest(@Nullable String from, @Nullable String to, @Nullable Long amount) {}

    @PostMapping("/accounts")
    Account open(HttpServletRequest request) {
        OpenRequest body = Requests.json(request, MAX_BODY, OpenRequest.class);
        String id = id("id", body.id());
        Long balance = body.balance();
        if (balance == null || balance < 0) {
            throw Requests.bad("the field 'balance' must be a whole number from 0 upwards");
        }
        return submit(new LedgerCommand.Open(id, balance), Account.class);
    }

    @GetMapping("/accounts")
    List<Account> accounts(@RequestParam(defaultValue = "linearizable") String consistency) {
        return query(null, Requests.consistency(consistency));
    }

    @GetMapping("/accounts/{id}")
    Account account(@PathVariable String id, @RequestParam(defaultValue = "linearizable") String consistency) {
        return query(id, Requests.consistency(consistency)).stream()
                .findFirst()
                .orElseThrow(
                        () -> new ResponseStatusException(HttpStatus.NOT_FOUND, "there is no account '" + id + "'"));
    }

    @PostMapping("/transfers")
    TransferRequest transfer(HttpServletRequest request) {
        TransferRequest body = Requests.json(request, MAX_BODY, TransferRequest.class);
        String from = id("from", body.from());
        String to = id("to", body.to());
        Long amount = body.amount();
        if (from.equals(to)) {
            throw Requests.bad("the fields 'from' and 'to' name the same account");
        }
        if (amount == null || amount < 1) {
            throw Requests.bad("the field 'amount' must be a whole number greater than 0");
        }
        return submit(new LedgerCommand.Transfer(from, to, amount), TransferRequest.class);
    }

    private <T> T submit(LedgerCommand command, Class<T> type) {
        byte[] bytes = json.writerFor(LedgerCommand.class).writeValueAsBytes(command);
        return json.readValue(raft.submitAndWait(MACHINE, bytes, RaftCallOptions.defaults()), type);
    }

    private List<Account> query(@Nullable String id, Consistency consistency) {
        byte[] answer = raft.queryAndWait(
                MACHINE, json.writeValueAsBytes(id), RaftCallOptions.defaults().withConsistency(consistency));
        return json.readValue(answer, new TypeReference<List<Account>>() {});
    }

    private static String id(String field, @Nullable String id) {
        if (id == null || id.isBlank() || id.length() > MAX_ID_CHARACTERS) {
            throw Requests.bad(
                    "the field '" + field + "' must be a string of 1 to " + MAX_ID_CHARACTERS + " characters");
        }
        return id;
    }
}
