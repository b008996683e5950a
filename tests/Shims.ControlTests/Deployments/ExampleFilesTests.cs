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

    [Theory, MemberData(nameof(Pairs))]
    public async Task Doctor_finds_no_error_in_an_example_and_its_other_half(string superServer, string webServer)
    {
        using var installation = new Installation();
        Diagnosis diagnosis = await Diagnosis.AskAsync("--no-run", installation.Install(ExampleFile.Read(superServer).With("www-data", "nobody")), installation.Install(ExampleFile.Read(webServer)));
        Assert.True(diagnosis.Errors.Count == 0, diagnosis.ToString());
        Assert.Contains(diagnosis.Findings, finding => finding.Subject.Contains(Path.GetFileName(webServer), StringComparison.Ordinal) || finding.Subject.StartsWith(installation.Sockets, StringComparison.Ordinal));
    }
}
