using System.Text.Json;
using Shims.Testing;

namespace Shims.ControlTests.Capsules;

/// <summary>shimctl show: a capsule for people and as JSON.</summary>
public sealed class ShowTests : IDisposable
{
    private readonly RecordedSite _site = new();

    [Fact]
    public async Task Show_prints_cause_and_fix_first_and_then_the_whole_capsule()
    {
        string capsule = await FailAsync();
        LaunchResult shown = await RecordedSite.ShimctlAsync("show", capsule);
        Assert.Equal((0, ""), (shown.ExitCode, shown.ErrorText));
        string[] lines = shown.OutputText.Split('\n');
        Assert.StartsWith($"Request     {Path.GetFileNameWithoutExtension(capsule)}, failed with status 502", lines[0], StringComparison.Ordinal);
        Assert.Contains("URL         POST /cgi-bin/script.cgi?x=\\x1b]0;owned\\x07", lines);
        Assert.Contains(lines, static line => line.StartsWith("Cause       ", StringComparison.Ordinal) && line.EndsWith("failed (exit status 3): ?[31mlast words", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.StartsWith("Fix         shimctl doctor ", StringComparison.Ordinal));
        Assert.Contains($"Script      {_site.PathTo("script.cgi")} one 'two words'", lines);
        Assert.Contains("End         exit 3", lines);
        Assert.Contains(lines, static line => line.StartsWith("Redacted    ", StringComparison.Ordinal) && line.Contains("variable HTTP_COOKIE", StringComparison.Ordinal));
        Assert.Contains("Body (9 bytes)", lines);
        Assert.Contains("  | the\\x00body\\xff", lines);
        Assert.Contains("Standard error (16 bytes)", lines);
        Assert.Contains("  | \\x1b[31mlast words", lines);
        Assert.DoesNotContain(shown.OutputText.Replace("\n", "", StringComparison.Ordinal), char.IsControl);
    }

    [Fact]
    public async Task Show_prints_the_capsule_as_JSON()
    {
        string capsule = await FailAsync();
        LaunchResult shown = await RecordedSite.ShimctlAsync("show", "--json", capsule);
        using JsonDocument json = JsonDocument.Parse(shown.OutputText);
        JsonElement root = json.RootElement;
        Assert.Equal(
            ("fault", 502, "exit 3", "SCGI"),
            (root.GetProperty("reason").GetString(), root.GetProperty("status").GetInt32(), root.GetProperty("ended").GetString(), root.GetProperty("protocol").GetString()));
        Assert.Equal([.. "the\0body"u8, 0xff], root.GetProperty("body").GetProperty("base64").GetBytesFromBase64());
        Assert.Equal("\e[31mlast words\n", root.GetProperty("stderr").GetString());
        Assert.Contains(root.GetProperty("variables").EnumerateArray(), static variable => variable.GetProperty("name").GetString() == "HTTP_COOKIE" && variable.GetProperty("value").GetString() == "[redacted]");
        Assert.DoesNotContain(shown.OutputText.Replace("\n", "", StringComparison.Ordinal), char.IsControl);
    }

    [Theory]
    [InlineData("", "was not written to its end")]
    [InlineData("shims-capsule 1\nbody 5\nab", "was not written to its end")]
    [InlineData("shims-capsule 1\nbody x\n", "is a damaged capsule")]
    [InlineData("shims-capsule 9\n", "is a capsule of version 9, and this program reads version 1")]
    [InlineData("something else", "is not a capsule")]
    public async Task Show_names_the_fault_of_a_file_that_is_not_a_capsule(string content, string fault)
    {
        string file = _site.PathTo("file");
        await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);
        LaunchResult shown = await RecordedSite.ShimctlAsync("show", file);
        Assert.Equal((64, "", $"shimctl: {file} {fault}: name a file that --record has written\n"), (shown.ExitCode, shown.OutputText, shown.ErrorText));
    }

    [Fact]
    public async Task Show_refuses_missing_files_and_pipes()
    {
        LaunchResult shown = await RecordedSite.ShimctlAsync("show", _site.PathTo("nothing"));
        Assert.Equal(64, shown.ExitCode);
        Assert.StartsWith($"shimctl: no such file: {_site.PathTo("nothing")}: ", shown.ErrorText, StringComparison.Ordinal);
        // Opening a named pipe would block for ever.
        string pipe = NamedPipe.Make(_site.PathTo("pipe"));
        shown = await RecordedSite.ShimctlAsync("show", pipe);
        Assert.Equal((64, $"shimctl: {pipe} is not a regular file: name a file that --record has written\n"), (shown.ExitCode, shown.ErrorText));
    }

    [Fact]
    public async Task Show_lists_the_requests_of_a_directory_with_the_newest_first_and_those_that_failed_marked()
    {
        string folder = await FillAsync();
        LaunchResult shown = await RecordedSite.ShimctlAsync("show", folder);
        Assert.Equal((0, ""), (shown.ExitCode, shown.ErrorText));
        string[] lines = shown.OutputText.TrimEnd('\n').Split('\n');
        Assert.Equal(6, lines.Length);
        Assert.Matches(@"^\? \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ  .*/broken\.capsule is not a capsule: ", lines[0]);
        Assert.Matches(@"^! \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ  second  502 +\d+ ms  GET /cgi-bin/script\.cgi\?x=\\x1b$", lines[1]);
        Assert.Matches(@"^    .* failed \(exit status 3\): last words$", lines[2]);
        Assert.Matches("^! .*  ill  500 ", lines[3]);
        Assert.EndsWith("script.cgi answered with status 500", lines[4], StringComparison.Ordinal);
        Assert.Matches("^  .*  first  200 ", lines[5]);
        Assert.DoesNotContain(shown.OutputText.Replace("\n", "", StringComparison.Ordinal), char.IsControl);
    }

    [Fact]
    public async Task Show_finds_a_request_by_its_id_or_the_beginning_of_it()
    {
        string folder = await FillAsync();
        foreach (string id in (string[])["second", "sec"])
        {
            LaunchResult shown = await RecordedSite.ShimctlAsync("show", folder, id);
            Assert.True(shown.OutputText.StartsWith("Request     second, failed with status 502\n", StringComparison.Ordinal), shown.OutputText + shown.ErrorText);
        }
        LaunchResult missing = await RecordedSite.ShimctlAsync("show", folder, "nosuch");
        Assert.Equal(64, missing.ExitCode);
        Assert.StartsWith($"shimctl: no such file: nosuch, and no request with that id in {folder}: name the directory of --record too: shimctl show DIR nosuch", missing.ErrorText, StringComparison.Ordinal);
        File.Copy(Path.Combine(folder, "second.capsule"), Path.Combine(folder, "secant.capsule"));
        Assert.Contains("2 requests have an id that begins with sec: write more of it", (await RecordedSite.ShimctlAsync("show", folder, "sec")).ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_lists_only_requests_that_failed_and_only_those_after_a_time()
    {
        string folder = await FillAsync();
        File.Delete(Path.Combine(folder, "broken.capsule"));
        Assert.Equal("second ill", await IdsAsync(folder, "--failed"));
        Assert.Equal("second ill first", await IdsAsync(folder, "--since", "1h"));
        Assert.Equal("", await IdsAsync(folder, "--since", "2100-01-01"));
        Assert.Contains("No request that failed is recorded since then in ",
            (await RecordedSite.ShimctlAsync("show", folder, "--failed", "--since", "2100-01-01T00:00Z")).OutputText, StringComparison.Ordinal);
        LaunchResult wrong = await RecordedSite.ShimctlAsync("show", folder, "--since", "yesterday");
        Assert.Equal(64, wrong.ExitCode);
        Assert.StartsWith("shimctl: --since takes a time ago or a date and time, not \"yesterday\"", wrong.ErrorText, StringComparison.Ordinal);
    }

    private static async Task<string> IdsAsync(params string[] arguments)
    {
        LaunchResult shown = await RecordedSite.ShimctlAsync(["show", "--json", .. arguments]);
        using JsonDocument json = JsonDocument.Parse(shown.OutputText);
        return string.Join(' ', json.RootElement.EnumerateArray().Select(static entry => entry.GetProperty("requestId").GetString()));
    }

    /// <summary>A directory with a request that went well, two that failed, and a file that is not a capsule.</summary>
    private async Task<string> FillAsync()
    {
        string folder = _site.PathTo("list");
        Directory.CreateDirectory(folder);
        (string Id, string Source)[] requests =
            [("first", "printf 'Content-Type: text/plain\\n\\n'"), ("ill", "printf 'Status: 500\\n\\n'"), ("second", "echo last words >&2; exit 3")];
        foreach ((string id, string source) in requests)
        {
            string script = _site.Script($"#!/bin/sh\n{source}\n");
            RequestVariables variables = RequestVariables.For("GET", script, query: "x=\e").With("REQUEST_ID", id);
            string capsule = (await _site.KeepAsync("scgi-run", [script], ScgiClient.Encode(variables, []), "--trust-request-id")).Capsule;
            File.Move(capsule, Path.Combine(folder, $"{id}.capsule"));
        }
        await File.WriteAllTextAsync(Path.Combine(folder, "broken.capsule"), "something else");
        return folder;
    }

    public void Dispose() => _site.Dispose();

    private async Task<string> FailAsync()
    {
        string script = _site.Script("#!/bin/sh\nprintf '\\033[31mlast words\\n' >&2\nexit 3\n");
        RequestVariables variables = RequestVariables.For("POST", script, query: "x=\e]0;owned\a").With("HTTP_COOKIE", "sid=secret-1");
        return (await _site.KeepAsync("scgi-run", [script, "one", "two words"], ScgiClient.Encode(variables, [.. "the\0body"u8, 0xff]))).Capsule;
    }
}
