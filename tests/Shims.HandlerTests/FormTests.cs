using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Shims.HandlerTests;

/// <summary>Forms as browsers send them.</summary>
public sealed class FormTests
{
    private const string Boundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW";

    private static readonly IReadOnlyList<(string, string)> s_multipart = [("CONTENT_TYPE", $"multipart/form-data; boundary={Boundary}")];

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task A_simple_form_is_decoded(Wire wire)
    {
        Response answer = await Post(wire, "form", "a=1+%2B+1&b=%C3%A9%E2%82%AC&a=2&empty&x=%zz"u8.ToArray(), [("CONTENT_TYPE", "application/x-www-form-urlencoded")]);
        Assert.Equal("a=1 + 1\nb=é€\na=2\nempty=\nx=%zz\n", answer.Body);
    }

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task A_multipart_form_has_its_files_and_fields(Wire wire)
    {
        byte[] file = RandomNumberGenerator.GetBytes(700_000);
        Response answer = await Post(wire, "form", Multipart(("title", null, "Grüße"u8.ToArray()), ("file", @"C:\pictures\..\cat.png", file), ("none", "", [])), s_multipart);
        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Equal($"title=Grüße\nfile|cat.png|image/png|700000|{Convert.ToHexStringLower(MD5.HashData(file))}\n", answer.Body);
    }

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task Parts_can_be_read_as_they_come(Wire wire)
    {
        byte[] file = RandomNumberGenerator.GetBytes(3_000_000);
        Response answer = await Post(wire, "parts", Multipart(("file", "a.bin", file), ("after", null, "x"u8.ToArray())), s_multipart);
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
    public async Task A_body_that_is_not_a_form_is_refused()
    {
        Assert.Equal(415, (await Post(Wire.Scgi, "form", "{}"u8.ToArray(), [("CONTENT_TYPE", "application/json")])).Status);
        Assert.Equal(415, (await Post(Wire.Scgi, "parts", "a=b"u8.ToArray(), [("CONTENT_TYPE", "application/x-www-form-urlencoded")])).Status);
        Assert.Equal(400, (await Post(Wire.Scgi, "form", "x"u8.ToArray(), [("CONTENT_TYPE", "multipart/form-data")])).Status);
    }

    [Fact, Trait("fault", "M5")]
    public async Task An_upload_of_many_files_takes_one_descriptor()
    {
        var parts = Enumerable.Range(0, 1000).Select(i => ($"f{i}", (string?)$"{i}.txt", new byte[] { (byte)i })).ToArray();
        Response answer = await Post(Wire.Scgi, "descriptors", Multipart(parts), s_multipart);
        Assert.True(answer.Status == 200, answer.ToString());
        Match match = Regex.Match(answer.Body, "^1000 files, ([0-9]+) descriptors\n$");
        Assert.True(match.Success, answer.Body);
        Assert.InRange(int.Parse(match.Groups[1].Value), 3, 20);
    }

    [Theory, Trait("fault", "M5")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Names_of_fields_and_files_count_as_well_as_values(bool areFiles)
    {
        var parts = Enumerable.Range(0, 10).Select(i => (new string('n', 15_000), areFiles ? "a.bin" : null, Array.Empty<byte>())).ToArray();
        Assert.Equal(413, (await Post(Wire.Scgi, "form", Multipart(parts), s_multipart)).Status);
    }

    [Fact, Trait("fault", "M5")]
    public async Task Fields_are_counted_in_bytes() =>
        Assert.Equal(413, (await Post(Wire.Scgi, "form", Multipart(("a", null, Encoding.UTF8.GetBytes(new string('€', 15_000))), ("b", null, Encoding.UTF8.GetBytes(new string('€', 15_000)))), s_multipart)).Status);

    [Fact]
    public async Task Each_file_of_several_has_its_own_content()
    {
        byte[] first = RandomNumberGenerator.GetBytes(100_000), second = RandomNumberGenerator.GetBytes(3);
        Response answer = await Post(Wire.Scgi, "form", Multipart(("a", "1.bin", first), ("b", "2.bin", []), ("c", "3.bin", second)), s_multipart);
        Assert.Equal(
            $"a|1.bin|image/png|100000|{Convert.ToHexStringLower(MD5.HashData(first))}\nb|2.bin|image/png|0|{Convert.ToHexStringLower(MD5.HashData([]))}\nc|3.bin|image/png|3|{Convert.ToHexStringLower(MD5.HashData(second))}\n",
            answer.Body);
    }

    private static Task<Response> Post(Wire wire, string action, byte[] body, IReadOnlyList<(string, string)> with) =>
        new HandlerRequest(wire, action) { Method = "POST", Body = body, With = with }.SendAsync();

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
