package io.raftboot.demo.ledger;

import io.raftboot.demo.web.Requests;
import io.raftboot.spring.RaftCallOptions;
import io.raftboot.spring.RaftCallScope;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.util.unit.DataSize;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** The ledger over HTTP. */
@RestController
final class LedgerController {
    private static final DataSize MAX_BODY = DataSize.ofKilobytes(16);
    private static final int MAX_ID_CHARACTERS = 200;

    private final Ledger ledger;

    LedgerController(Ledger ledger) {
        this.ledger = ledger;
    }

    /** What a request to open an account says; all of it may be missing. */
    record OpenRequest(@Nullable String id, @Nullable Long balance) {}

    /** What a request to transfer says; all of it may be missing. */
    record TransferRequest(@Nullable String from, @Nullable String to, @Nullable Long amount) {}

    @PostMapping("/accounts")
    Account open(HttpServletRequest request) throws LedgerException {
        OpenRequest body = Requests.json(request, MAX_BODY, OpenRequest.class);
        String id = id("id", body.id());
        Long balance = body.balance();
        if (balance == null || balance < 0) {
            throw Requests.bad("the field 'balance' must be a whole number from 0 upwards");
        }
        return ledger.open(id, balance);
    }

    @SuppressWarnings("try") // the scope acts by being open
    @GetMapping("/accounts")
    List<Account> accounts(@RequestParam(defaultValue = "linearizable") String consistency) {
        try (var scope = with(consistency)) {
            return ledger.accounts();
        }
    }

    @SuppressWarnings("try") // the scope acts by being open
    @GetMapping("/accounts/{id}")
    Account account(@PathVariable String id, @RequestParam(defaultValue = "linearizable") String consistency) {
        try (var scope = with(consistency)) {
            return ledger.account(id)
                    .orElseThrow(() ->
                            new ResponseStatusException(HttpStatus.NOT_FOUND, "there is no account '" + id + "'"));
        }
    }

    @PostMapping("/transfers")
    Ledger.Transfer transfer(HttpServletRequest request) throws LedgerException {
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
        return ledger.transfer(from, to, amount);
    }

    /** The command was applied, and this is its result. */
    @ExceptionHandler
    ProblemDetail forbidden(LedgerException e) {
        var problem = ProblemDetail.forStatusAndDetail(HttpStatus.UNPROCESSABLE_CONTENT, e.getMessage());
        problem.setProperty("outcome", "applied");
        return problem;
    }

    private static RaftCallScope with(String consistency) {
        return RaftCallScope.open(RaftCallOptions.defaults().withConsistency(Requests.consistency(consistency)));
    }

    private static String id(String field, @Nullable String id) {
        if (id == null || id.isBlank() || id.length() > MAX_ID_CHARACTERS) {
            throw Requests.bad(
                    "the field '" + field + "' must be a string of 1 to " + MAX_ID_CHARACTERS + " characters");
        }
        return id;
    }
}
