using System.Text.Json;
using System.Text.RegularExpressions;

namespace Shims.AspNetTests;

/// <summary>Where the log of an app goes, and how its lines look: the administrator's variables.</summary>
public sealed partial class LogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string LogFile => _folder.PathTo("app.log");

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData(Wire.Scgi), InlineData(Wire.FastCgi)]
    public async Task What_an_app_prints_is_in_the_file_that_SHIMS_STDERR_names(Wire wire)
    {
        (Response response, LaunchResult result) = await new AppRequest(wire, "/print").SendAsync(App.Launch($"SHIMS_STDERR={LogFile}"));
        Assert.Equal("nothing was printed", response.Body);
        Assert.Equal(0, result.ExitCode);
        string log = await File.ReadAllTextAsync(LogFile);
        foreach (string line in new[] { "before there is a builder", "printed raw", "printed by a child", "Request finished" })
            Assert.Contains(line, log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_of_a_resident_app_is_in_the_file_that_SHIMS_STDERR_names()
    {
        await using LaunchedProgram program = App.StartWait(App.Launch($"SHIMS_STDERR={LogFile}"), _folder.PathTo("s"));
        Assert.Equal(200, (await new AppRequest(Wire.Scgi, "/print").AskAsync(_folder.PathTo("s"))).Status);
        program.Signal(15);
        Assert.Equal("", (await program.WaitAsync()).ErrorText);
        Assert.Contains("printed by Console.Error", await File.ReadAllTextAsync(LogFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cause_of_a_start_that_fails_is_in_the_file_that_SHIMS_STDERR_names()
    {
        (Response response, _) = await new AppRequest(Wire.Scgi, "/hello/you").SendAsync(App.Launch($"SHIMS_STDERR={LogFile}") with { Arguments = ["fail"] });
        Assert.Equal(503, response.Status);
        Assert.Contains("the start fails on purpose", await File.ReadAllTextAsync(LogFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_of_the_server_are_JSON_where_that_is_asked_for()
    {
        await new AppRequest(Wire.Scgi, "/hello/you").SendAsync(App.Launch($"SHIMS_STDERR={LogFile}", "SHIMS_LOG_FORMAT=json") with { Arguments = ["fail"] });
        string line = (await File.ReadAllLinesAsync(LogFile)).Single(static line => line.Contains("\"status\"", StringComparison.Ordinal));
        using JsonDocument fault = JsonDocument.Parse(line);
        Assert.Equal(503, fault.RootElement.GetProperty("status").GetInt32());
        Assert.Contains("the start fails on purpose", fault.RootElement.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory, InlineData("/hello/you"), InlineData("/throw"), InlineData("/connection")]
    public async Task An_app_logs_what_the_framework_s_console_logger_does(string path)
    {
        // That its form is named, though it is the usual one, leaves it in its place.
        string[] own = await LogOfAsync(path), framework = await LogOfAsync(path, "Logging__Console__FormatterName=simple");
        Assert.NotEmpty(own);
        Assert.Equal(framework, own);
    }

    [Theory]
    [InlineData("Logging__Console__FormatterName=json", "startup", "\"Category\":\"Microsoft.AspNetCore.Hosting.Diagnostics\"")]
    [InlineData("Logging__Console__FormatterOptions__SingleLine=true", "", "info: Microsoft.Hosting.Lifetime[0] Application started")]
    [InlineData("", "json-console", "\"Category\":\"Microsoft.AspNetCore.Hosting.Diagnostics\"")]
    [InlineData("", "dated-console", "[a date] info: Microsoft.Hosting.Lifetime[0]")]
    public async Task A_form_of_the_app_s_own_stays(string variable, string argument, string expected)
    {
        Launch launch = App.Launch([$"SHIMS_STDERR={LogFile}", .. variable.Length > 0 ? new[] { variable } : []]);
        (Response response, _) = await new AppRequest(Wire.Scgi, "/hello/you").SendAsync(launch with { Arguments = argument.Length > 0 ? [argument] : [] });
        Assert.Equal("Hello you", response.Body);
        string log = await File.ReadAllTextAsync(LogFile);
        Assert.Contains(expected, log, StringComparison.Ordinal);
        Assert.Single(log.Split('\n'), static line => line.Contains("Application started", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_levels_of_the_console_logger_alone_hold()
    {
        (Response response, _) = await new AppRequest(Wire.Scgi, "/throw").SendAsync(App.Launch($"SHIMS_STDERR={LogFile}", "Logging__LogLevel__Default=Error"));
        Assert.Equal(500, response.Status);
        string log = await File.ReadAllTextAsync(LogFile);
        Assert.Contains("fail: Shims.AspNetCore[1]\n      Request id ", log, StringComparison.Ordinal);
        Assert.Contains("\n      System.InvalidOperationException: on purpose\n         at ", log, StringComparison.Ordinal);
        Assert.DoesNotContain("info: ", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_of_the_server_has_the_app_s_name()
    {
        (Response response, _) = await new AppRequest(Wire.Scgi, "/hello/you").SendAsync(App.Launch($"SHIMS_STDERR={LogFile}") with { Arguments = ["fail"] });
        Assert.Equal(503, response.Status);
        Assert.Contains(await File.ReadAllLinesAsync(LogFile), static line => line.Contains(" aspnet-app[", StringComparison.Ordinal) && line.Contains(": the app cannot start", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_variable_that_cannot_be_read_is_named_in_the_log()
    {
        using Pipe log = Pipe.Create();
        (Response response, _) = await new AppRequest(Wire.Scgi, "/hello/you").SendAsync(App.Launch("SHIMS_LOG_FORMAT=xml") with { Error = log.Writer });
        Assert.Equal(200, response.Status);
        Assert.Contains("SHIMS_LOG_FORMAT is left out", await log.ReadToEndAsync(), StringComparison.Ordinal);
    }

    /// <summary>The entries of one request, without what differs each time, in an order that does not depend on which thread is faster.</summary>
    private async Task<string[]> LogOfAsync(string path, params string[] variables)
    {
        File.Delete(LogFile);
        await new AppRequest(Wire.Scgi, path).SendAsync(App.Launch([$"SHIMS_STDERR={LogFile}", .. variables]));
        return [.. Varying().Replace(await File.ReadAllTextAsync(LogFile), "#").Split('\n').Order(StringComparer.Ordinal)];
    }

    [GeneratedRegex(@"[\d.]+ms|(?<=Request id )\w+|^.*System\..*$|:line \d+", RegexOptions.Multiline)]
    private static partial Regex Varying();
}
