using System.Text;

namespace Shims.HandlerTests;

/// <summary>The sample apps, tested as an app's own tests would: in one process, with ShimTest.</summary>
public sealed class LoadedSampleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public LoadedSampleTests() => Environment.SetEnvironmentVariable("SHIMS_STATE", _folder.PathTo("state"));

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("SHIMS_STATE", null);
        _folder.Dispose();
    }

    [Fact]
    public async Task Notes_keeps_a_note_with_its_file_and_shows_it_with_a_message()
    {
        LoadedSample notes = await LoadedSample.LoadAsync("notes", "--max-body", "1M", _folder.Path);
        ShimTestResponse empty = notes.Send(Get("/app/"));
        Assert.Contains("<ul></ul>", empty.Text);
        ShimTestResponse sent = notes.Send(Note("<b>milk</b>", "two litres").From(empty));
        Assert.True(sent.StatusCode == 303, sent.Log);
        Assert.Equal("/app/", sent["Location"]);
        ShimTestResponse page = notes.Send(Get("/app/").From(empty).From(sent));
        Assert.Contains("<p role=\"status\">Your note has been kept.</p>", page.Text);
        Assert.Contains("value=\"Ada &amp; Co\"", page.Text);
        Assert.Contains("<li>Ada &amp; Co: &lt;b&gt;milk&lt;/b&gt; <a href=\"/app/1\">list.txt</a>", page.Text);
        Assert.DoesNotContain("has been kept", notes.Send(Get("/app/").From(empty).From(sent).From(page)).Text);
        ShimTestResponse file = notes.Send(Get("/app/1"));
        Assert.Equal(("two litres", "attachment; filename=list.txt; filename*=UTF-8''list.txt"), (file.Text, file["Content-Disposition"]));
        ShimTestResponse list = notes.Send(Get("/app/api/notes"));
        Assert.Equal("application/json; charset=utf-8", list["Content-Type"]);
        Assert.Contains("\"Author\":\"Ada \\u0026 Co\"", list.Text);
    }

    [Fact]
    public async Task Notes_takes_nothing_from_other_sites_and_nothing_that_is_incomplete_or_too_large()
    {
        LoadedSample notes = await LoadedSample.LoadAsync("notes", "--max-body", "1M", _folder.Path);
        ShimTestResponse page = notes.Send(Get("/app/"));
        Assert.Equal(400, notes.Send(Note("milk", "x")).StatusCode);
        Assert.Equal(422, notes.Send(Note("", "x").From(page)).StatusCode);
        Assert.Equal(413, notes.Send(Note("milk", new string('x', 1 << 20)).From(page)).StatusCode);
        Assert.Equal(404, notes.Send(Get("/app/1")).StatusCode);
        Assert.Equal(404, notes.Send(Get("/app/notes.db")).StatusCode);
        ShimTestResponse refused = notes.Send(new ShimTestRequest("DELETE", "/app/notes") { ScriptName = "/app" });
        Assert.Equal((405, "OPTIONS, POST"), (refused.StatusCode, refused["Allow"]));
        Assert.Contains("<ul></ul>", notes.Send(Get("/app/")).Text);
    }

    [Fact]
    public void The_sample_with_everything_has_at_most_45_lines() =>
        Assert.InRange(File.ReadLines(Repository.PathTo("inetd-examples/apps/notes.cs")).Count(line => line.Trim().Length > 0), 1, 45);

    [Fact]
    public async Task The_guestbook_redirects_to_itself_and_uses_its_own_folder_unless_told_otherwise()
    {
        LoadedSample guestbook = await LoadedSample.LoadAsync("guestbook");
        Assert.Equal("/app", guestbook.Send(Form("name", "Ada", "text", "hello"))["Location"]);
        Assert.Contains("<p>1 entries</p>", guestbook.Send(Get("/app")).Text);
        Assert.True(File.Exists(_folder.PathTo("state/guestbook.db")));
        Assert.Equal(422, guestbook.Send(Form("name", "", "text", "hello")).StatusCode);
    }

    [Fact]
    public async Task The_other_samples_answer_in_the_process_of_a_test()
    {
        Assert.Equal("Hello, Ada!\n", (await LoadedSample.LoadAsync("hello")).Send(Get("/app?name=Ada")).Text);
        Assert.Contains("<th>PathInfo</th><td>/a&amp;b</td>", (await LoadedSample.LoadAsync("env")).Send(Get("/app/a%26b")).Text);
        LoadedSample upload = await LoadedSample.LoadAsync("upload");
        ShimTestRequest file = ShimTestRequest.Upload("/app", "file", "cat.png", "content"u8.ToArray());
        Assert.Equal(303, upload.Send(file).StatusCode);
        Assert.Equal(409, upload.Send(file).StatusCode);
        Assert.Contains("<li>cat.png, 7 bytes</li>", upload.Send(Get("/app")).Text);
        _folder.Write("web.log", "a\n<b>\n");
        Assert.Contains("<pre>\n&lt;b&gt;\n</pre>",
            (await LoadedSample.LoadAsync("logs", _folder.Path)).Send(Get("/app?file=web.log&lines=1")).Text);
    }

    private static ShimTestRequest Get(string url) => new("GET", url) { ScriptName = "/app" };

    private static ShimTestRequest Form(string name, string value, string other, string otherValue)
    {
        var form = ShimTestRequest.Form("/app", (name, value), (other, otherValue));
        return new ShimTestRequest("POST", "/app") { ScriptName = "/app", ContentType = form.ContentType, Body = form.Body };
    }

    private static ShimTestRequest Note(string text, string content)
    {
        var form = ShimTestRequest.Upload("/app/notes", "f", "list.txt", Encoding.UTF8.GetBytes(content), ("author", "Ada & Co"),
            ("text", text));
        return new ShimTestRequest("POST", "/app/notes") { ScriptName = "/app", ContentType = form.ContentType, Body = form.Body };
    }
}
