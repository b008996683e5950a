using Shims.Testing;

namespace Shims.ControlTests.Deployments;

/// <summary>What is shipped for people to copy must not alarm anybody.</summary>
public sealed class ExampleFilesTests
{
    public static TheoryData<string, string> Pairs => new()
    {
        { "inetd-examples/scgi-run.conf", "nginx-examples/scgi.conf" },
        { "inetd-examples/fcgi-run.conf", "nginx-examples/fastcgi.conf" },
        { "inetd-examples/scgi-run.conf", "nginx-examples/php.conf" },
        { "inetd-examples/scgi-run.conf", "nginx-examples/wsgi.conf" },
        { "inetd-examples/apps.conf", "nginx-examples/app.conf" },
    };

    [Theory, InlineData("php"), InlineData("wsgi")]
    public async Task The_sed_of_an_example_makes_the_file_for_fcgi_run_with_its_sockets(string name)
    {
        string file = Repository.PathTo($"nginx-examples/{name}.conf");
        const string start = "# With fcgi-run, send this file through: ";
        string command = Assert.Single(File.ReadAllLines(file), line => line.StartsWith(start, StringComparison.Ordinal))[start.Length..];
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = "/bin/sh", Arguments = ["-c", $"{command} {file}"] });
        Assert.DoesNotContain("scgi_", result.OutputText.Replace(command.Replace("scgi_", "", StringComparison.Ordinal), "", StringComparison.Ordinal).Split("\n\n", 2)[1], StringComparison.Ordinal);
        string[] sockets = [.. System.Text.RegularExpressions.Regex.Matches(result.OutputText, @"unix:(/\S+\.sock)").Select(match => match.Groups[1].Value).Distinct()];
        Assert.NotEmpty(sockets);
        string inetd = File.ReadAllText(Repository.PathTo("inetd-examples/fcgi-run.conf"));
        Assert.All(sockets, socket => Assert.Contains($"\n{socket} ", inetd, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Pairs))]
    public async Task Doctor_finds_no_error_in_an_example_and_its_other_half(string superServer, string webServer)
    {
        using var installation = new Installation();
        Diagnosis diagnosis = await Diagnosis.AskAsync("--no-run", installation.Install(ExampleFile.Read(superServer).With("www-data", "nobody")), installation.Install(ExampleFile.Read(webServer)));
        Assert.True(diagnosis.Errors.Count == 0, diagnosis.ToString());
        Assert.Contains(diagnosis.Findings, finding => finding.Subject.Contains(Path.GetFileName(webServer), StringComparison.Ordinal) || finding.Subject.StartsWith(installation.Sockets, StringComparison.Ordinal));
    }
}
