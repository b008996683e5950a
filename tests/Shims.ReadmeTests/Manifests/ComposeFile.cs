using YamlDotNet.RepresentationModel;

namespace Shims.ReadmeTests.Manifests;

/// <summary>A file of Compose: its keys are those of the Compose specification, https://github.com/compose-spec/compose-spec/blob/main/spec.md.</summary>
internal sealed class ComposeFile
{
    /// <summary>Keys of a service that <c>docker stack deploy</c> leaves out of account.</summary>
    internal static readonly string[] NotInStack =
        ["build", "cgroup_parent", "container_name", "depends_on", "devices", "external_links", "links", "mem_limit", "network_mode", "restart", "security_opt", "userns_mode"];

    private static readonly KnownKeys s_known = new(
        ("", "name version services networks volumes configs secrets include models"),
        ("services", "*"),
        ("services.*", "annotations attach build blkio_config cap_add cap_drop cgroup cgroup_parent command configs container_name cpu_count cpu_percent cpu_period "
            + "cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec depends_on deploy develop device_cgroup_rules devices dns dns_opt "
            + "dns_search domainname entrypoint env_file environment expose extends external_links extra_hosts gpus group_add healthcheck hostname image init ipc "
            + "isolation label_file labels links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit models network_mode networks "
            + "oom_kill_disable oom_score_adj pid pids_limit platform ports post_start pre_stop privileged profiles provider pull_policy read_only restart runtime "
            + "scale secrets security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts "
            + "volumes volumes_from working_dir"),
        ("services.*.depends_on", "*"),
        ("services.*.depends_on.*", "condition required restart"),
        ("services.*.healthcheck", "test interval timeout retries start_period start_interval disable"),
        ("services.*.ports", "target published protocol mode host_ip name app_protocol"),
        ("services.*.configs", "source target uid gid mode"),
        ("services.*.deploy", "mode endpoint_mode replicas labels rollback_config update_config resources restart_policy placement"),
        ("services.*.deploy.update_config", "parallelism delay failure_action monitor max_failure_ratio order"),
        ("services.*.deploy.restart_policy", "condition delay max_attempts window"),
        ("services.*.deploy.placement", "constraints preferences max_replicas_per_node"),
        ("services.*.deploy.placement.preferences", "spread"),
        ("services.*.deploy.resources", "limits reservations"),
        ("services.*.deploy.resources.limits", "cpus memory pids"),
        ("networks", "*"),
        ("networks.*", "attachable driver driver_opts enable_ipv4 enable_ipv6 external internal ipam labels name"),
        ("networks.*.ipam", "driver config options"),
        ("networks.*.ipam.config", "subnet ip_range gateway aux_addresses"),
        ("configs", "*"),
        ("configs.*", "content environment external file labels name template_driver"));

    private ComposeFile(Dictionary<string, object?> root) => Root = root;

    /// <summary>The file: dictionaries, lists and texts.</summary>
    internal Dictionary<string, object?> Root { get; }

    /// <summary>The services, by name.</summary>
    internal IEnumerable<KeyValuePair<string, Dictionary<string, object?>>> Services => Part("services").Select(static service => KeyValuePair.Create(service.Key, (Dictionary<string, object?>)service.Value!));

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">A key is not one of the specification.</exception>
    internal static ComposeFile Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        var file = new ComposeFile((Dictionary<string, object?>)ToNode(Assert.Single(stream.Documents).RootNode)!);
        string[] unknown = [.. s_known.FindUnknown(file.Root)];
        return unknown.Length == 0 ? file : throw new InvalidDataException($"Compose does not know {string.Join(", ", unknown)}");
    }

    /// <summary>A part of the file by its name; empty if there is none.</summary>
    internal Dictionary<string, object?> Part(string name) => Root.GetValueOrDefault(name) as Dictionary<string, object?> ?? [];

    private static object? ToNode(YamlNode node) => node switch
    {
        YamlMappingNode map => map.Children.ToDictionary(static pair => ((YamlScalarNode)pair.Key).Value!, static pair => ToNode(pair.Value)),
        YamlSequenceNode list => list.Children.Select(ToNode).ToList(),
        _ => ((YamlScalarNode)node).Value,
    };
}
