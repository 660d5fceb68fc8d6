package io.raftboot.spring.context;

import io.raftboot.replica.Replica;
import io.raftboot.spring.InvalidStateMachineException;
import io.raftboot.spring.LeaderOnly;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

/**
 * Sees to it, where contexts have parents and children, that what is to be replicated is in the context that has the member, and
 * that {@link LeaderOnly} is in one that knows it. Anything else would work on each member alone, and no error would tell.
 */
public final class MemberContext
        implements SmartInitializingSingleton, ApplicationListener<ContextRefreshedEvent>, DisposableBean {
    private final ApplicationContext own;
    private final List<Watch> above = new ArrayList<>();

    private record Watch(AbstractBeanFactory factory, MisplacedBeans beans) {}

    /** @param own in which this is a bean */
    public MemberContext(ApplicationContext own) {
        this.own = own;
    }

    /**
     * Looks at this context, and at those above it, which were made before.
     *
     * @throws InvalidStateMachineException naming the bean and its context
     */
    @Override
    public void afterSingletonsInstantiated() {
        for (ApplicationContext each = own; each != null; each = each.getParent()) {
            MisplacedBeans misplaced = look(each);
            if (each.getAutowireCapableBeanFactory() instanceof AbstractBeanFactory factory) {
                above.add(new Watch(factory, misplaced));
            }
        }
    }

    /**
     * Looks at each context below this one when its beans are there.
     *
     * @throws InvalidStateMachineException naming the bean and its context, which then does not start
     */
    @Override
    public void onApplicationEvent(ContextRefreshedEvent event) {
        if (event.getApplicationContext() != own) {
            var unused = look(event.getApplicationContext());
        }
    }

    /** Contexts above outlive this one, and may get children that have a member of their own. */
    @Override
    public void destroy() {
        above.forEach(watch -> watch.factory().getBeanPostProcessors().remove(watch.beans()));
        above.clear();
    }

    /** Refuses what is there, and stays to see what is created later: lazy beans, prototypes. */
    private MisplacedBeans look(ApplicationContext context) {
        var misplaced = new MisplacedBeans(context, memberAround(context));
        misplaced.check();
        misplaced.watch();
        return misplaced;
    }

    private String memberAround(ApplicationContext context) {
        for (ApplicationContext each = context; each != null; each = each.getParent()) {
            if (each.getAutowireCapableBeanFactory() instanceof ConfigurableListableBeanFactory factory
                    && MisplacedBeans.has(factory, Replica.class)) {
                return String.valueOf(each.getId());
            }
        }
        return String.valueOf(own.getId());
    }
}
