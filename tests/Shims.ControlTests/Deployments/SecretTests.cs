using Shims.Testing;

namespace Shims.ControlTests.Deployments;

/// <summary>What doctor makes of the secret of AJP13, wherever Apache's two modules have it: both halves have the same one, or it says so.</summary>
public sealed class SecretTests : IDisposable
{
    private const string Right = "xyzzy-plugh", Wrong = "other-secret", Gone = "its secret is not the one in", None = "it sends no secret, and ajp-run asks for the one in";

    private readonly Installation _installation = new();

    /// <summary>A file of Apache's with SECRET in it, or NOTHING in the place of all that has to do with one.</summary>
    private static readonly (string Name, string Text, string Without)[] s_forms =
    [
        ("ProxyPass", "ProxyPass \"/cgi-bin/\" \"ajp://127.0.0.1:8009/cgi-bin/\" nocanon secret=SECRET\n", " secret=SECRET"),
        ("ProxySet with a URL", "ProxyPass \"/cgi-bin/\" \"ajp://127.0.0.1:8009/cgi-bin/\" nocanon\nProxySet \"ajp://127.0.0.1:8009/cgi-bin/\" secret=SECRET\n", " secret=SECRET"),
        ("ProxySet in a section", "<Proxy \"ajp://127.0.0.1:8009\">\nProxySet secret=SECRET timeout=60\n</Proxy>\nProxyPass \"/cgi-bin/\" \"ajp://127.0.0.1:8009/cgi-bin/\" nocanon\n", "ProxySet secret=SECRET timeout=60\n"),
        ("ProxySet for SetHandler", "<Location \"/cgi-bin/\">\nSetHandler \"proxy:ajp://127.0.0.1:8009\"\n</Location>\n<Proxy \"ajp://127.0.0.1:8009\">\nProxySet secret=SECRET\n</Proxy>\n", "ProxySet secret=SECRET\n"),
        ("BalancerMember", "<Proxy \"balancer://x\">\nBalancerMember \"ajp://127.0.0.1:8009\" secret=SECRET\n</Proxy>\nProxyPass \"/cgi-bin/\" \"balancer://x/cgi-bin/\"\n", " secret=SECRET"),
        ("JkWorkerProperty", "JkWorkerProperty worker.list=w\nJkWorkerProperty worker.w.host=127.0.0.1\nJkWorkerProperty worker.w.port=8009\nJkWorkerProperty worker.w.secret=SECRET\nJkMount /cgi-bin/* w\n", "JkWorkerProperty worker.w.secret=SECRET\n"),
    ];

    /// <summary>Files of workers.</summary>
    private static readonly (string Name, string Text, string Without)[] s_workers =
    [
        ("a worker", "# workers\nworker.list=w\nworker.w.type=ajp13\nworker.w.host=127.0.0.1\nworker.w.port=8009\nworker.w.secret = SECRET\n", "worker.w.secret = SECRET\n"),
        ("a worker by default", "worker.list=w\nworker.w.connect_timeout=1000\nworker.w.host=localhost\nworker.w.secret=SECRET\n", "worker.w.secret=SECRET\n"),
        ("a reference", "s=SECRET\nworker.list=w\nworker.template.type=ajp13\nworker.template.secret=$(s)\nworker.w.reference=worker.template\nworker.w.host=127.0.0.1\nworker.w.port=8009\n", "worker.template.secret=$(s)\n"),
        ("a balancer", "worker.list=lb,status\nworker.status.type=status\nworker.lb.type=lb\nworker.lb.balance_workers=one\nworker.one.host=127.0.0.1\nworker.one.port=8009\nworker.one.secret=SECRET\n", "worker.one.secret=SECRET\n"),
    ];

    public static TheoryData<string> Forms => [.. s_forms.Concat(s_workers).Select(form => form.Name)];

    public static TheoryData<string> Workers => [.. s_workers.Select(form => form.Name)];

    public void Dispose() => _installation.Dispose();

    [Theory, MemberData(nameof(Forms))]
    public async Task A_secret_that_differs_or_is_missing_is_an_error_and_the_same_one_is_not(string name)
    {
        (_, string text, string without) = s_forms.Concat(s_workers).Single(form => form.Name == name);
        string inetd = Inetd();
        Diagnosis right = await AskAsync(text.Replace("SECRET", Right, StringComparison.Ordinal));
        Assert.DoesNotContain(right.Problems, finding => finding.Cause.Contains("secret", StringComparison.Ordinal));
        Diagnosis wrong = await AskAsync(text.Replace("SECRET", Wrong, StringComparison.Ordinal));
        DiagnosisFinding finding = wrong.The(Gone);
        Assert.Equal("error", finding.Severity);
        // It stands where the secret does.
        string[] lines = text.Split('\n');
        int line = 1 + Array.FindIndex(lines, line => line.Contains("secret", StringComparison.Ordinal) && line.Contains(name == "a reference" ? "$(s)" : "SECRET", StringComparison.Ordinal));
        Assert.EndsWith($":{line}", finding.Subject, StringComparison.Ordinal);
        Diagnosis missing = await AskAsync(text.Replace(without, "", StringComparison.Ordinal));
        Assert.Equal("error", missing.The(None).Severity);
        Assert.DoesNotContain(missing.Findings, found => found.Cause.Contains(Gone, StringComparison.Ordinal));
        foreach (Diagnosis diagnosis in new[] { right, wrong, missing })
            Assert.DoesNotContain(diagnosis.Findings, found => found.ToString().Contains(Right, StringComparison.Ordinal) || found.ToString().Contains(Wrong, StringComparison.Ordinal));

        Task<Diagnosis> AskAsync(string content) => Diagnosis.AskAsync("--no-run", inetd, Private("web", content));
    }

    [Theory, MemberData(nameof(Workers))]
    public async Task Apache_finds_the_secret_in_the_file_of_workers_that_it_names(string name)
    {
        (_, string text, _) = s_workers.Single(form => form.Name == name);
        string inetd = Inetd(), worker = name == "a balancer" ? "lb" : "w";
        string workers = Private("workers.properties", text.Replace("SECRET", Wrong, StringComparison.Ordinal));
        string site = _installation.Folder.Write("site.conf", $"JkWorkersFile {workers}\n<VirtualHost *:80>\nJkMount /cgi-bin/* {worker}\n</VirtualHost>\n");
        Assert.StartsWith(workers, (await Diagnosis.AskAsync("--no-run", inetd, site)).The(Gone).Subject, StringComparison.Ordinal);
        Private("workers.properties", text.Replace("SECRET", Right, StringComparison.Ordinal));
        Assert.DoesNotContain((await Diagnosis.AskAsync("--no-run", inetd, site)).Problems, finding => finding.Cause.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_secret_that_stands_last_counts()
    {
        string inetd = Inetd();
        const string pass = "ProxyPass \"/cgi-bin/\" \"ajp://127.0.0.1:8009/cgi-bin/\" secret=", set = "ProxySet \"ajp://127.0.0.1:8009/cgi-bin/\" secret=";
        (await Diagnosis.AskAsync("--no-run", inetd, Private("web", $"{pass}{Right}\n{set}{Wrong}\n"))).The(Gone);
        Assert.DoesNotContain((await Diagnosis.AskAsync("--no-run", inetd, Private("web", $"{pass}{Wrong}\n{set}{Right}\n"))).Problems, finding => finding.Cause.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_secret_for_another_backend_is_none_for_this_one()
    {
        string web = Private("web", "ProxyPass \"/cgi-bin/\" \"ajp://127.0.0.1:8009/cgi-bin/\" nocanon\nProxySet \"ajp://127.0.0.1:80090/cgi-bin/\" secret=x\nProxySet \"fcgi://127.0.0.1:8009/\" secret=x\n");
        (await Diagnosis.AskAsync("--no-run", Inetd(), web)).The(None);
    }

    [Fact]
    public async Task A_file_of_workers_with_a_secret_that_everyone_can_read_is_a_warning()
    {
        string web = Private("workers.properties", s_workers[0].Text.Replace("SECRET", Right, StringComparison.Ordinal));
        File.SetUnixFileMode(web, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Equal("warning", (await Diagnosis.AskAsync("--no-run", Inetd(), web)).The("which every user of this machine can read").Severity);
    }

    [Fact]
    public async Task A_worker_that_leads_to_another_protocol_is_an_error()
    {
        string inetd = _installation.Folder.Write("inetd.conf", $"127.0.0.1:8009 stream tcp wait {Environment.UserName} {Repository.Program("fcgi-run")} fcgi-run {_installation.Folder.MakeFolder("cgi-bin")}/\n");
        DiagnosisFinding finding = (await Diagnosis.AskAsync("--no-run", inetd, Private("workers.properties", s_workers[0].Text))).The("speaks FastCGI");
        Assert.Equal("error", finding.Severity);
        Assert.Contains("ajp-run", finding.Advice, StringComparison.Ordinal);
    }

    private string Private(string name, string content)
    {
        string file = _installation.Folder.Write(name, content);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    private string Inetd() => _installation.Folder.Write("inetd.conf",
        $"127.0.0.1:8009 stream tcp wait {Environment.UserName} {Repository.Program("ajp-run")} ajp-run --mount /cgi-bin --secret-file {Private("ajp-secret", Right + "\n")} {_installation.Folder.MakeFolder("cgi-bin")}/\n");
}
