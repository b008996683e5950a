using System.Text.RegularExpressions;

namespace Shims.ReadmeTests.Manifests;

/// <summary>A job of Nomad in HCL: its keys are those of https://developer.hashicorp.com/nomad/docs/job-specification and of the driver docker.</summary>
/// <remarks><code>
///   name "label" { ... }      name = "text" | number | true | [ value, ... ]      # comment
/// </code></remarks>
internal sealed partial class NomadJob
{
    private static readonly KnownKeys s_known = new(
        ("", "job variable locals"),
        ("job", "affinity all_at_once constraint consul_token datacenters group id meta migrate multiregion name namespace node_pool parameterized periodic priority region "
            + "reschedule spread type ui update vault vault_token"),
        ("job.update", "auto_promote auto_revert canary health_check healthy_deadline max_parallel min_healthy_time progress_deadline stagger"),
        ("job.group", "affinity constraint consul count disconnect ephemeral_disk max_client_disconnect meta migrate network prevent_reschedule_on_lost reschedule restart "
            + "scaling service shutdown_delay spread stop_after_client_disconnect task update vault volume"),
        ("job.group.constraint", "attribute operator value"),
        ("job.group.network", "cni dns hostname mode port"),
        ("job.group.network.port", "host_network ignore_collision static to"),
        ("job.group.service", "address address_mode canary_meta canary_tags check cluster connect enable_tag_override identity kind meta name on_update port provider "
            + "tagged_addresses tags task weights"),
        ("job.group.service.check", "address_mode args body check_restart command expose failures_before_critical failures_before_warning grpc_service grpc_use_tls header "
            + "initial_status interval method name notes on_update path port protocol success_before_passing task timeout tls_server_name tls_skip_verify type"),
        ("job.group.task", "action affinity artifact config constraint consul csi_plugin device dispatch_payload driver env identity kill_signal kill_timeout kind leader "
            + "lifecycle logs meta resources restart scaling schedule secret service shutdown_delay template user vault volume_mount"),
        ("job.group.task.config", "args auth auth_soft_fail cap_add cap_drop cgroupns command container_exists_attempts cpu_cfs_period cpu_hard_limit cpuset_cpus devices "
            + "dns_options dns_search_domains dns_servers entrypoint extra_hosts force_pull group_add healthchecks hostname image image_pull_timeout init interactive ipc_mode "
            + "ipv4_address ipv6_address isolation labels load logging mac_address memory_hard_limit mount mounts network_aliases network_mode oom_score_adj pid_mode "
            + "pids_limit ports privileged readonly_rootfs runtime security_opt shm_size storage_opt sysctl tty ulimit userns_mode uts_mode volume_driver volumes work_dir"),
        ("job.group.task.config.mount", "bind_options readonly source target tmpfs_options type volume_options"),
        ("job.group.task.config.mount.tmpfs_options", "mode size"),
        ("job.group.task.resources", "cores cpu device memory memory_max numa secrets"));

    private readonly string[] _words;
    private int _next;

    private NomadJob(string[] words) => _words = words;

    /// <summary>Reads a file. Labels of blocks are left out; blocks of one name are a list.</summary>
    /// <exception cref="InvalidDataException">It is not HCL of this form, or a key is not one of the specification.</exception>
    internal static Dictionary<string, object?> Read(string text)
    {
        MatchCollection words = Word().Matches(text);
        if (words.Sum(static word => word.Length) != text.Count(static letter => !char.IsWhiteSpace(letter)) + words.Sum(static word => word.Value.Count(char.IsWhiteSpace)))
            throw new InvalidDataException("there is something else than names, texts, numbers and braces");
        var job = new NomadJob([.. words.Select(static word => word.Value).Where(static word => !word.StartsWith('#')), ""]);
        Dictionary<string, object?> root = job.TakeBody("");
        string[] unknown = [.. s_known.FindUnknown(root)];
        return unknown.Length == 0 ? root : throw new InvalidDataException($"Nomad does not know {string.Join(", ", unknown)}");
    }

    private Dictionary<string, object?> TakeBody(string end)
    {
        var body = new Dictionary<string, object?>();
        while (Take() is var name && name != end)
        {
            if (!char.IsAsciiLetter(name.FirstOrDefault()))
                throw new InvalidDataException($"\"{name}\" is not a name");
            if (Peek == "=")
            {
                _next++;
                if (!body.TryAdd(name, TakeValue()))
                    throw new InvalidDataException($"{name} is set twice");
                continue;
            }
            while (Peek.StartsWith('"'))
                _next++;
            Expect("{");
            if (!body.TryGetValue(name, out object? blocks))
                body[name] = blocks = new List<object?>();
            (blocks as List<object?> ?? throw new InvalidDataException($"{name} is a value and a block")).Add(TakeBody("}"));
        }
        return body;
    }

    private object TakeValue()
    {
        if (Peek != "[")
            return Take().Trim('"');
        _next++;
        var list = new List<object?>();
        while (Peek != "]")
        {
            list.Add(TakeValue());
            if (Peek != "]")
                Expect(",");
        }
        _next++;
        return list;
    }

    private string Peek => _words[_next];

    private string Take() => _next < _words.Length ? _words[_next++] : throw new InvalidDataException("it ends too early");

    private void Expect(string word)
    {
        if (Take() is var taken && taken != word)
            throw new InvalidDataException($"\"{taken}\" stands where {word} ought to");
    }

    [GeneratedRegex(@"#[^\n]*|""(?:[^""\\\n]|\\.)*""|[A-Za-z_][\w-]*|-?\d+(?:\.\d+)?|[{}\[\]=,]")]
    private static partial Regex Word();
}
