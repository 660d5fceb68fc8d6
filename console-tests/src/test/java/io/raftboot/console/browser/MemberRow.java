package io.raftboot.console.browser;

import com.microsoft.playwright.Locator;

/** What a table says of a member, each time it is read anew. Nothing of a member that is not in it. */
public final class MemberRow {
    private final Locator row;

    MemberRow(Locator row) {
        this.row = row;
    }

    public boolean isThere() {
        return row.count() > 0;
    }

    public String role() {
        return cell("Role");
    }

    public String problems() {
        return cell("Problems");
    }

    /** The cell below a head. */
    public String cell(String head) {
        return String.join(" ", row.locator("td[data-label='" + head + "']").allInnerTexts());
    }
}
