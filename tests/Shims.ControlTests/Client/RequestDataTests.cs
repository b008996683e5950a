using Shims.Control.Client;
using Shims.Diagnostics;
using Shims.Testing;

namespace Shims.ControlTests.Client;

/// <summary>Values of -d. <see cref="RequestCommandTests"/> has those from standard input.</summary>
public sealed class RequestDataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Request_without_data_has_no_body()
    {
        Assert.Null(RequestData.Read(null));
        Assert.Null(RequestData.Read([]));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("a=1", "a=1")]
    [InlineData("a=1&b=2&c", "a=1", "b=2", "c")]
    [InlineData("a", "", "a")]
    [InlineData("a&", "a", "")]
    [InlineData("\u00e4@\n", "\u00e4@\n")]
    [InlineData("a-b", "a-b")]
    public void Request_data_is_joined_with_ampersands_as_by_curl(string expected, params string[] pieces) => Assert.Equal(System.Text.Encoding.UTF8.GetBytes(expected), RequestData.Read(pieces));

    [Fact]
    public void Request_data_from_a_file_is_sent_byte_for_byte()
    {
        byte[] content = [0, 255, (byte)'\r', (byte)'\n', (byte)'&', 0];
        string file = _folder.Write("file", content);
        Assert.Equal(content, RequestData.Read([$"@{file}"])!);
        Assert.Equal([(byte)'a', (byte)'&', .. content, (byte)'&', (byte)'b'], RequestData.Read(["a", $"@{file}", "b"])!);
        Assert.Empty(RequestData.Read([$"@{_folder.Write("empty", "")}"])!);
    }

    [Fact]
    public void Request_data_that_cannot_be_read_is_reported_with_cause_and_fix()
    {
        AssertRefused("-d @ names no file", "@");
        AssertRefused("no such file or directory: correct the path", $"@{_folder.PathTo("missing")}");
        AssertRefused("no such file or directory: correct the path", $"@{_folder.PathTo("no/such/folder")}");
        AssertRefused("it is a directory: name a file in it", $"@{_folder.Path}");
        AssertRefused("given more than once", "-", "-");
    }

    private static void AssertRefused(string expected, params string[] pieces)
    {
        ShimException exception = Assert.Throws<ShimException>(() => RequestData.Read(pieces));
        Assert.Equal(ExitCode.Usage, exception.ExitCode);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }
}
