package io.raftboot.test;

import io.raftboot.spring.RaftCodec;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;

/**
 * Puts a {@link CheckingCodec} in front of the codec, as a bean of its own: who injects the application's codec by its class gets
 * it as before.
 */
final class CheckingCodecRegistrar implements BeanFactoryPostProcessor {
    private static final String NAME = "raftTestCheckingCodec";

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
        String[] codecs = factory.getBeanNamesForType(RaftCodec.class, true, false);
        if (codecs.length != 1
                || !factory.containsBeanDefinition(codecs[0])
                || !(factory instanceof BeanDefinitionRegistry registry)) {
            return;
        }
        factory.getBeanDefinition(codecs[0]).setPrimary(false);
        var checking = new RootBeanDefinition(
                CheckingCodec.class, () -> new CheckingCodec(factory.getBean(codecs[0], RaftCodec.class)));
        checking.setPrimary(true);
        checking.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
        registry.registerBeanDefinition(NAME, checking);
    }
}
