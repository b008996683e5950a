using k8s;
using k8s.Models;

namespace Shims.ReadmeTests.Manifests;

/// <summary>The files of packaging/deploy/, by readers that refuse a key which the orchestrator does not know.</summary>
public sealed class ManifestTests
{
    private const string Deploy = "packaging/deploy/", Kubernetes = Deploy + "kubernetes/fcgi-run.yaml", Nomad = Deploy + "nomad/fcgi-run.nomad.hcl",
        Compose = Deploy + "compose/compose.yaml", Stack = Deploy + "compose/stack.yaml", Systemd = Deploy + "systemd/three-hosts.conf";

    [Fact]
    public void Every_file_of_the_folder_is_one_that_a_test_reads() => Assert.Equal(
        new[] { Kubernetes, Nomad, Compose, Stack, Systemd, Deploy + "compose/nginx.conf" }.Order(StringComparer.Ordinal),
        Directory.EnumerateFiles(Repository.PathTo(Deploy), "*", SearchOption.AllDirectories).Select(static path => Path.GetRelativePath(Repository.Root, path)).Order(StringComparer.Ordinal));

    [Fact]
    public void Kubernetes_knows_every_key_of_its_manifest()
    {
        List<object> objects = ReadKubernetes(TextOf(Kubernetes));
        Assert.Equal([typeof(V1Deployment), typeof(V1Service), typeof(V1NetworkPolicy), typeof(V1PodDisruptionBudget)], objects.Select(static one => one.GetType()));
    }

    [Theory]
    [InlineData("readOnlyRootFilesystem"), InlineData("terminationGracePeriodSeconds"), InlineData("readinessProbe"), InlineData("maxUnavailable"), InlineData("targetPort")]
    [InlineData("podSelector"), InlineData("minAvailable"), InlineData("preStop")]
    public void Kubernetes_refuses_a_key_that_is_misspelt(string key) => Assert.ThrowsAny<Exception>(() => ReadKubernetes(Misspell(Kubernetes, key + ":")));

    [Fact]
    public void The_pods_of_Kubernetes_may_change_nothing_and_end_without_loss()
    {
        List<object> objects = ReadKubernetes(TextOf(Kubernetes));
        V1PodTemplateSpec template = objects.OfType<V1Deployment>().Single().Spec.Template;
        V1Container container = Assert.Single(template.Spec.Containers);
        Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
        Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
        Assert.True(template.Spec.SecurityContext.RunAsNonRoot);
        Assert.Equal("/tmp", Assert.Single(container.VolumeMounts).MountPath);
        // Web servers learn of the end; then requests in flight are finished; then there is time left.
        long finish = long.Parse(container.Args[container.Args.IndexOf("--finish-time") + 1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(container.Lifecycle.PreStop.Sleep.Seconds + finish, finish + 1, template.Spec.TerminationGracePeriodSeconds!.Value - 1);
        // One that only is busy is not killed.
        Assert.Contains("--ping", container.ReadinessProbe.Exec.Command);
        Assert.NotNull(container.LivenessProbe.TcpSocket);
        foreach (IDictionary<string, string> selected in (IDictionary<string, string>[])[objects.OfType<V1Deployment>().Single().Spec.Selector.MatchLabels,
            objects.OfType<V1Service>().Single().Spec.Selector, objects.OfType<V1NetworkPolicy>().Single().Spec.PodSelector.MatchLabels, objects.OfType<V1PodDisruptionBudget>().Single().Spec.Selector.MatchLabels])
            Assert.Equal(template.Metadata.Labels, selected);
        Assert.Equal(container.Ports.Single().Name, objects.OfType<V1Service>().Single().Spec.Ports.Single().TargetPort.Value);
    }

    [Theory, InlineData(Compose), InlineData(Stack)]
    public void Compose_knows_every_key_and_each_service_has_its_networks_and_files(string path)
    {
        var file = ComposeFile.Read(TextOf(path));
        Assert.Equal(["web", "fcgi-run"], file.Services.Select(static service => service.Key));
        foreach ((string _, Dictionary<string, object?> service) in file.Services)
        {
            Assert.All((List<object?>)service["networks"]!, network => Assert.Contains((string)network!, file.Part("networks").Keys));
            foreach (string volume in (service.GetValueOrDefault("volumes") as List<object?> ?? []).Cast<string>().Where(static volume => !volume.StartsWith("./cgi-bin:", StringComparison.Ordinal)))
                Assert.True(File.Exists(Repository.PathTo($"{Deploy}compose/{volume.Split(':')[0]}")), volume);
        }
        Dictionary<string, object?> gateway = file.Services.Single(static service => service.Key == "fcgi-run").Value;
        Assert.Equal("true", gateway["read_only"]);
        // The network that may connect is the one that is made.
        string subnet = (string)((Dictionary<string, object?>)((List<object?>)((Dictionary<string, object?>)((Dictionary<string, object?>)file.Part("networks")["cgi"]!)["ipam"]!)["config"]!)[0]!)["subnet"]!;
        Assert.Contains($"127.0.0.1,{subnet}", (List<object?>)gateway["command"]!);
    }

    [Theory]
    [InlineData(Compose, "read_only"), InlineData(Compose, "depends_on"), InlineData(Compose, "retries"), InlineData(Compose, "subnet")]
    [InlineData(Stack, "endpoint_mode"), InlineData(Stack, "parallelism"), InlineData(Stack, "published"), InlineData(Stack, "driver"), InlineData(Stack, "file")]
    public void Compose_refuses_a_key_that_is_misspelt(string path, string key) => Assert.Throws<InvalidDataException>(() => ComposeFile.Read(Misspell(path, key + ":")));

    [Fact]
    public void The_stack_has_nothing_that_a_Swarm_leaves_out_of_account() =>
        Assert.All(ComposeFile.Read(TextOf(Stack)).Services, static service => Assert.Empty(service.Value.Keys.Intersect(ComposeFile.NotInStack)));

    [Fact]
    public void Nomad_knows_every_key_of_its_job() => Assert.Equal(["job"], NomadJob.Read(TextOf(Nomad)).Keys);

    [Theory]
    [InlineData("max_parallel"), InlineData("shutdown_delay"), InlineData("check {"), InlineData("interval"), InlineData("kill_timeout"), InlineData("readonly_rootfs"), InlineData("memory_max")]
    public void Nomad_refuses_a_key_that_is_misspelt(string key) => Assert.Throws<InvalidDataException>(() => NomadJob.Read(Misspell(Nomad, key)));

    [Fact]
    public async Task The_manager_itself_finds_no_fault_with_the_drop_in_and_tells_a_key_that_is_misspelt()
    {
        Requires.Tools("systemd-analyze");
        Assert.Equal("", await VerifyAsync(TextOf(Systemd)));
        Assert.Contains("IPAddressAllov", await VerifyAsync(TextOf(Systemd).Replace("IPAddressAllow", "IPAddressAllov", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_page_on_three_hosts_shows_the_drop_in_as_it_is() => Assert.Contains(MarkdownFile.Read("docs/three-hosts.md").Blocks,
        static block => block.Text == string.Concat(File.ReadLines(Repository.PathTo(Systemd)).SkipWhile(static line => line.StartsWith('#')).Select(static line => line + "\n")));

    /// <summary>The words of systemd-analyze about the unit with its drop-in.</summary>
    private static async Task<string> VerifyAsync(string dropIn)
    {
        using var folder = new TemporaryFolder();
        foreach (string name in new[] { "fcgi-run-wait.socket", "fcgi-run-wait.service" })
            folder.Write(name, TextOf($"inetd-examples/systemd/{name}").Replace("www-data", "root", StringComparison.Ordinal).Replace("/usr/local/libexec", Repository.PathTo("bin"), StringComparison.Ordinal));
        folder.Write("fcgi-run-wait.socket.d/three-hosts.conf", dropIn);
        LaunchResult result = await Launcher.RunAsync(new Launch
        {
            Program = Tool.PathOf("systemd-analyze"),
            Arguments = ["verify", "--man=no", "--recursive-errors=no", folder.PathTo("fcgi-run-wait.socket")],
        });
        // PollLimitBurst= came with systemd 255, and older ones only say that they do not know it.
        return string.Join('\n', result.ErrorText.Split('\n').Where(line => line.Contains(folder.Path, StringComparison.Ordinal) && !line.Contains("PollLimitBurst", StringComparison.Ordinal)));
    }

    private static List<object> ReadKubernetes(string text) => KubernetesYaml.LoadAllFromString(text, null, strict: true);

    private static string TextOf(string path) => File.ReadAllText(Repository.PathTo(path));

    /// <summary>The text of a file with a letter too much in a key.</summary>
    private static string Misspell(string path, string key)
    {
        string text = TextOf(path);
        Assert.Contains(key, text, StringComparison.Ordinal);
        return text.Replace(key, "x" + key, StringComparison.Ordinal);
    }
}
