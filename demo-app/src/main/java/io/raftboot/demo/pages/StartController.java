package io.raftboot.demo.pages;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** The start page of a demo that is one member. Where three are in one process, the playground answers before it. */
@RestController
final class StartController {
    private final PageFiles files = new PageFiles();

    @GetMapping("/")
    ResponseEntity<byte[]> start() {
        return written(files.page("member.html"));
    }

    @GetMapping(PageFiles.BELOW + "{name}")
    ResponseEntity<byte[]> file(@PathVariable String name) {
        PageAnswer file = files.below(PageFiles.BELOW + name);
        if (file == null) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "the demo has no file '" + name + "'");
        }
        return written(file);
    }

    private static ResponseEntity<byte[]> written(PageAnswer answer) {
        var response = ResponseEntity.status(answer.status());
        answer.headers().forEach(response::header);
        return response.body(answer.body());
    }
}
