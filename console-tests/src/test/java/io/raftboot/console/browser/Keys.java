package io.raftboot.console.browser;

import java.util.ArrayList;
import java.util.List;

/** A reader with keys alone. */
public final class Keys {
    /** More than any page has. */
    private static final int MANY = 300;

    /** Elements that the Tab key should come to: those for which a mouse could do something, and that scroll. */
    private static final String REACHABLE =
            """
            () => [...document.querySelectorAll(
                'a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex="-1"])')]
              .filter((one) => !one.disabled && one.getClientRects().length > 0)
              .map(%s)""";

    /** Elements that scroll by themselves, which keys have to come to as well. */
    private static final String SCROLLING =
            """
            () => [...document.querySelectorAll('body *')]
              .filter((one) => ['auto', 'scroll'].includes(getComputedStyle(one).overflowX)
                && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1))
              .filter((one) => one.tabIndex < 0)
              .map(%s)""";

    /** An element by its words, and by its place if others have the same. */
    private static final String NAME =
            """
            (one) => {
              const path = [];
              for (let at = one; at && at !== document.body; at = at.parentElement) {
                path.unshift(at.id ? `#${at.id}` : `${at.localName}:nth-child(${[...at.parentElement.children].indexOf(at) + 1})`);
                if (at.id) break;
              }
              return `${one.localName} "${one.textContent.trim().slice(0, 30)}" ${path.join('>')}`;
            }""";

    /** Where the focus is: its name, and what keeps a reader from seeing it there. */
    private static final String FOCUS =
            """
            () => {
              const one = document.activeElement;
              if (!one || one === document.body) return ['', ''];
              const name = %s;
              const style = getComputedStyle(one);
              const box = one.getBoundingClientRect();
              const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
              const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
              const x = Math.min(Math.max(box.left + Math.min(box.width / 2, 40), 1), innerWidth - 1);
              const y = Math.min(Math.max(box.top + Math.min(box.height / 2, 40), 1), innerHeight - 1);
              const top = document.elementFromPoint(x, y);
              const covered = inside && top && !one.contains(top) && !top.contains(one);
              return [name(one), !ring ? 'no ring' : !inside ? 'out of sight' : covered ? `covered by ${name(top)}` : ''];
            }"""
                    .formatted(NAME);

    private Keys() {}

    /** Elements that keys should come to, in their order. */
    public static List<String> reachable(ConsolePage page) {
        return strings(page.page().evaluate(REACHABLE.formatted(NAME)));
    }

    /** Elements that scroll, and that keys don't come to. */
    public static List<String> scrollingOutOfReach(ConsolePage page) {
        return strings(page.page().evaluate(SCROLLING.formatted(NAME)));
    }

    /**
     * Elements that the Tab key comes to, from the beginning of the page to its end, each as {@link #reachable} names it, and with
     * what keeps a reader from seeing the focus on it, if anything does.
     */
    public static List<String> byTab(ConsolePage page) {
        var found = new ArrayList<String>();
        page.page()
                .evaluate("() => { document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0); }");
        while (found.size() < MANY) {
            page.press("Tab");
            var focus = strings(page.page().evaluate(FOCUS));
            if (focus.get(0).isEmpty() || found.contains(focus.get(0))) {
                return found;
            }
            found.add(focus.get(1).isEmpty() ? focus.get(0) : focus.get(0) + ": " + focus.get(1));
        }
        throw new AssertionError("the Tab key comes to no end: " + found);
    }

    private static List<String> strings(Object evaluated) {
        return ((List<?>) evaluated).stream().map(String::valueOf).toList();
    }
}
