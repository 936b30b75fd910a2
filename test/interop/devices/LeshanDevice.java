/*
 * A device on Eclipse Leshan's LwM2M client: objects 1, 3 and 5, firmware by push and pull, a reboot that registers again.
 *
 * Arguments: URI of the server, endpoint client name, lifetime in seconds, `U` or `UQ` (queue mode), value of /5/0/9
 * (0 pull, 1 push, 2 both), version after an update. It prints what is done to it, and runs until it is ended.
 */
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.EndpointManager;
import org.eclipse.leshan.client.LeshanClient;
import org.eclipse.leshan.client.LeshanClientBuilder;
import org.eclipse.leshan.client.engine.DefaultRegistrationEngineFactory;
import org.eclipse.leshan.client.object.Device;
import org.eclipse.leshan.client.object.Security;
import org.eclipse.leshan.client.object.Server;
import org.eclipse.leshan.client.resource.BaseInstanceEnabler;
import org.eclipse.leshan.client.resource.ObjectsInitializer;
import org.eclipse.leshan.client.servers.LwM2mServer;
import org.eclipse.leshan.core.model.ObjectLoader;
import org.eclipse.leshan.core.model.ObjectModel;
import org.eclipse.leshan.core.model.ResourceModel.Type;
import org.eclipse.leshan.core.model.StaticModel;
import org.eclipse.leshan.core.node.LwM2mResource;
import org.eclipse.leshan.core.request.BindingMode;
import org.eclipse.leshan.core.request.argument.Arguments;
import org.eclipse.leshan.core.response.ExecuteResponse;
import org.eclipse.leshan.core.response.ReadResponse;
import org.eclipse.leshan.core.response.WriteResponse;
import org.eclipse.leshan.transport.californium.client.endpoint.CaliforniumClientEndpointsProvider;
import org.eclipse.leshan.transport.californium.client.endpoint.coap.CoapClientProtocolProvider;

public class LeshanDevice {
  static volatile String version = "1.0.0";
  static volatile LeshanClient client;

  static void say(String what) {
    System.out.println(what);
  }

  /** Off for half a second, and then it registers again. */
  static void reboot(Runnable whileOff) {
    new Thread(
            () -> {
              try {
                Thread.sleep(300);
                client.stop(false);
                Thread.sleep(500);
                whileOff.run();
                client.start();
              } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
              }
            })
        .start();
  }

  static ReadResponse numbers(int resource, long... values) {
    Map<Integer, Long> instances = new HashMap<>();
    for (int index = 0; index < values.length; index++) instances.put(index, values[index]);
    return ReadResponse.success(resource, instances, Type.INTEGER);
  }

  /** Object 3. */
  public static class DeviceObject extends Device {
    private String timezone = "Europe/Vienna";
    private String utcOffset = "+01";
    private Date time = new Date();

    public DeviceObject() {
      super("Eclipse Leshan", "leshan-client", "0001");
    }

    @Override
    public ReadResponse read(LwM2mServer server, int resource) {
      switch (resource) {
        case 3: return ReadResponse.success(resource, version);
        case 6: return numbers(resource, 1, 5);
        case 7: return numbers(resource, 3800, 5000);
        case 9: return ReadResponse.success(resource, 77);
        case 10: return ReadResponse.success(resource, 123456L);
        case 13: return ReadResponse.success(resource, time);
        case 14: return ReadResponse.success(resource, utcOffset);
        case 15: return ReadResponse.success(resource, timezone);
        case 17: return ReadResponse.success(resource, "Thermometer");
        default: return super.read(server, resource);
      }
    }

    @Override
    public WriteResponse write(LwM2mServer server, boolean replace, int resource, LwM2mResource value) {
      say("write /3/0/" + resource + " " + value.getValue());
      switch (resource) {
        case 13: time = (Date) value.getValue(); return WriteResponse.success();
        case 14: utcOffset = (String) value.getValue(); return WriteResponse.success();
        case 15: timezone = (String) value.getValue(); return WriteResponse.success();
        default: return super.write(server, replace, resource, value);
      }
    }

    @Override
    public ExecuteResponse execute(LwM2mServer server, int resource, Arguments arguments) {
      say("execute /3/0/" + resource);
      if (resource != 4) return super.execute(server, resource, arguments);
      reboot(() -> {});
      return ExecuteResponse.success();
    }

    @Override
    public List<Integer> getAvailableResourceIds(ObjectModel model) {
      return Arrays.asList(0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17);
    }
  }

  /** Object 5. */
  public static class Firmware extends BaseInstanceEnabler {
    private final long delivery;
    private final String nextVersion;
    private volatile long state = 0;
    private volatile long result = 0;

    /** Leshan makes no object whose instances it could not make. */
    public Firmware() {
      this(2, "2.0");
    }

    public Firmware(long delivery, String nextVersion) {
      this.delivery = delivery;
      this.nextVersion = nextVersion;
    }

    private void become(long newState, long newResult) {
      state = newState;
      result = newResult;
      say("firmware: state " + newState + ", result " + newResult);
    }

    @Override
    public ReadResponse read(LwM2mServer server, int resource) {
      switch (resource) {
        case 1: return ReadResponse.success(resource, "");
        case 3: return ReadResponse.success(resource, state);
        case 5: return ReadResponse.success(resource, result);
        case 8: return numbers(resource, 0);
        case 9: return ReadResponse.success(resource, delivery);
        default: return ReadResponse.notFound();
      }
    }

    @Override
    public WriteResponse write(LwM2mServer server, boolean replace, int resource, LwM2mResource value) {
      if (resource == 0) {
        byte[] image = (byte[]) value.getValue();
        say("pushed " + image.length + " bytes");
        become(image.length <= 1 ? 0 : 2, 0);
        return WriteResponse.success();
      }
      if (resource != 1) return WriteResponse.methodNotAllowed();
      String uri = (String) value.getValue();
      become(uri.isEmpty() ? 0 : 1, 0);
      if (!uri.isEmpty()) new Thread(() -> download(uri)).start();
      return WriteResponse.success();
    }

    private void download(String uri) {
      try {
        CoapResponse response = new CoapClient(uri).setTimeout(20_000L).get();
        say("pulled " + (response == null ? "nothing" : response.getPayload().length + " bytes"));
        if (response != null && response.isSuccess()) become(2, 0);
        else become(0, 7);
      } catch (Exception problem) {
        say("pull: " + problem);
        become(0, 4);
      }
    }

    @Override
    public ExecuteResponse execute(LwM2mServer server, int resource, Arguments arguments) {
      say("execute /5/0/" + resource);
      if (resource != 2 || state != 2) return ExecuteResponse.methodNotAllowed();
      become(3, 0);
      reboot(
          () -> {
            version = nextVersion;
            become(0, 1);
          });
      return ExecuteResponse.success();
    }

    @Override
    public List<Integer> getAvailableResourceIds(ObjectModel model) {
      return Arrays.asList(0, 1, 2, 3, 5, 8, 9);
    }
  }

  public static void main(String[] arguments) throws Exception {
    String binding = arguments[3];
    List<ObjectModel> models = new ArrayList<>(ObjectLoader.loadDefault());
    models.addAll(ObjectLoader.loadDdfResources("/models/", new String[] {"5.xml"}));
    ObjectsInitializer objects = new ObjectsInitializer(new StaticModel(models));
    objects.setInstancesForObject(0, Security.noSec(arguments[0], 123));
    objects.setInstancesForObject(1, new Server(123, Long.parseLong(arguments[2])));
    objects.setInstancesForObject(3, new DeviceObject());
    objects.setInstancesForObject(5, new Firmware(Long.parseLong(arguments[4]), arguments[5]));
    CaliforniumClientEndpointsProvider.Builder endpoints =
        new CaliforniumClientEndpointsProvider.Builder(new CoapClientProtocolProvider());
    var configuration = endpoints.createDefaultConfiguration();
    configuration.set(CoapConfig.MAX_RESOURCE_BODY_SIZE, 1_000_000);
    endpoints.setConfiguration(configuration);
    // For downloads, which go through an endpoint of Californium's own.
    EndpointManager.getEndpointManager()
        .setDefaultEndpoint(CoapEndpoint.builder().setConfiguration(configuration).build());
    DefaultRegistrationEngineFactory engine = new DefaultRegistrationEngineFactory();
    engine.setQueueMode(binding.equals("UQ"));
    LeshanClientBuilder builder = new LeshanClientBuilder(arguments[1]);
    builder.setRegistrationEngineFactory(engine);
    builder.setEndpointsProviders(endpoints.build());
    builder.setObjects(objects.createAll());
    client = builder.build();
    client.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> client.destroy(true)));
  }
}
