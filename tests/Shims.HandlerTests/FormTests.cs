using System.Security.Cryptography;
using System.Text;

namespace Shims.HandlerTests;

/// <summary>Forms as browsers send them.</summary>
public sealed class FormTests
{
    private const string Boundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW";

    private static readonly IReadOnlyList<(string, string)> s_multipart = [("CONTENT_TYPE", $"multipart/form-data; boundary={Boundary}")];

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task A_simple_form_is_decoded(Wire wire)
    {
        Answer answer = await Post(wire, "form", "a=1+%2B+1&b=%C3%A9%E2%82%AC&a=2&empty&x=%zz"u8.ToArray(), [("CONTENT_TYPE", "application/x-www-form-urlencoded")]);
        Assert.Equal("a=1 + 1\nb=é€\na=2\nempty=\nx=%zz\n", answer.Body);
    }

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task Files_come_with_their_fields(Wire wire)
    {
        byte[] file = RandomNumberGenerator.GetBytes(700_000);
        Answer answer = await Post(wire, "form", Multipart(("title", null, "Grüße"u8.ToArray()), ("file", @"C:\pictures\..\cat.png", file), ("none", "", [])), s_multipart);
        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Equal($"title=Grüße\nfile|cat.png|image/png|700000|{Convert.ToHexStringLower(MD5.HashData(file))}\n", answer.Body);
    }

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task Parts_can_be_read_as_they_come(Wire wire)
    {
        byte[] file = RandomNumberGenerator.GetBytes(3_000_000);
        Answer answer = await Post(wire, "parts", Multipart(("file", "a.bin", file), ("after", null, "x"u8.ToArray())), s_multipart);
        Assert.Equal($"file|a.bin|image/png|{Convert.ToHexStringLower(MD5.HashData(file))}\nafter|||{Convert.ToHexStringLower(MD5.HashData("x"u8))}\n", answer.Body);
    }

    [Fact]
    public async Task A_file_larger_than_allowed_is_refused() =>
        Assert.Equal(413, (await Post(Wire.Scgi, "form", Multipart(("file", "a.bin", new byte[(1 << 20) + 1])), s_multipart)).Status);

    [Fact]
    public async Task Fields_larger_than_allowed_are_refused() =>
        Assert.Equal(413, (await Post(Wire.Scgi, "form", Multipart(("a", null, new byte[40_000]), ("b", null, new byte[40_000])), s_multipart)).Status);

    [Fact]
    public async Task A_form_that_breaks_off_is_malformed()
    {
        byte[] whole = Multipart(("file", "a.bin", new byte[10_000]));
        Assert.Equal(400, (await Post(Wire.Scgi, "form", whole[..5000], s_multipart)).Status);
        Assert.Equal(400, (await Post(Wire.Scgi, "parts", whole[..5000], s_multipart)).Status);
    }

    [Fact]
    public async Task What_is_no_form_is_refused()
    {
        Assert.Equal(415, (await Post(Wire.Scgi, "form", "{}"u8.ToArray(), [("CONTENT_TYPE", "application/json")])).Status);
        Assert.Equal(415, (await Post(Wire.Scgi, "parts", "a=b"u8.ToArray(), [("CONTENT_TYPE", "application/x-www-form-urlencoded")])).Status);
        Assert.Equal(400, (await Post(Wire.Scgi, "form", "x"u8.ToArray(), [("CONTENT_TYPE", "multipart/form-data")])).Status);
    }

    private static Task<Answer> Post(Wire wire, string action, byte[] body, IReadOnlyList<(string, string)> with) =>
        new Ask(wire, action) { Method = "POST", Body = body, With = with }.SendAsync();

    private static byte[] Multipart(params IEnumerable<(string Name, string? FileName, byte[] Content)> parts)
    {
        var body = new MemoryStream();
        foreach ((string name, string? fileName, byte[] content) in parts)
        {
            body.Write(Encoding.UTF8.GetBytes($"--{Boundary}\r\nContent-Disposition: form-data; name=\"{name}\""));
            body.Write(Encoding.UTF8.GetBytes(fileName is null ? "\r\n\r\n" : $"; filename=\"{fileName}\"\r\nContent-Type: image/png\r\n\r\n"));
            body.Write(content);
            body.Write("\r\n"u8);
        }
        body.Write(Encoding.UTF8.GetBytes($"--{Boundary}--\r\n"));
        return body.ToArray();
    }
}
