using System.Text.Json.Serialization;

namespace Shims.Tests.Hosting;

public sealed partial class JsonTests
{
    [Fact]
    public void A_value_is_written_with_its_media_type_and_read_by_its_type()
    {
        ShimTestResponse response = ShimTest.Send(
            (request, response) =>
            {
                Note note = request.ReadJson(Context.Default.Note);
                response.WriteJson(note with { Count = note.Count + 1 }, Context.Default.Note);
            },
            ShimTestRequest.Json("/", new Note("milk", 2), Context.Default.Note));
        Assert.Equal(("application/json; charset=utf-8", "{\"Title\":\"milk\",\"Count\":3}"), (response["Content-Type"], response.Text));
        Assert.Equal(new Note("milk", 3), response.ReadJson(Context.Default.Note));
    }

    [Theory]
    [InlineData("text/plain", "{}", 415)]
    [InlineData("", "{}", 415)]
    [InlineData("application/jsonp", "{}", 415)]
    [InlineData("application/json", "{", 400)]
    [InlineData("application/json", "", 400)]
    [InlineData("application/json", "null", 400)]
    [InlineData("application/json", "{\"Count\":\"many\"}", 400)]
    [InlineData("Application/JSON; charset=utf-8", "{\"Title\":\"0123456789\"}", 413)]
    [InlineData("application/merge-patch+json", "{\"Count\":1}", 200)]
    [InlineData("application/json; charset=utf-8", "{\"Count\":1}", 200)]
    public void A_body_that_is_not_JSON_of_the_type_is_refused_with_its_status(string contentType, string body, int status)
    {
        var request = new ShimTestRequest("POST", "/") { ContentType = contentType, Body = System.Text.Encoding.UTF8.GetBytes(body) };
        ShimTestResponse response = ShimTest.Send((incoming, _) => incoming.ReadJson(Context.Default.Note, maxSize: 20), request);
        Assert.Equal(status, response.StatusCode);
        Assert.DoesNotContain("many", response.Log);
    }

    [Fact]
    public void A_body_without_a_length_is_read_up_to_the_limit()
    {
        var request = new ShimTestRequest("POST", "/")
        {
            ContentType = "application/json",
            Body = System.Text.Encoding.UTF8.GetBytes($"\"{new string('x', 100)}\""),
            Headers = { ["Transfer-Encoding"] = "chunked" },
            Variables = { ["CONTENT_LENGTH"] = "" },
        };
        Assert.Equal("100", ShimTest.Send((incoming, response) => response.Write($"{incoming.ReadJson(Context.Default.String).Length}"),
            request).Text);
        Assert.Equal(413, ShimTest.Send((incoming, _) => incoming.ReadJson(Context.Default.String, maxSize: 50), request).StatusCode);
    }

    internal sealed record Note(string? Title, int Count);

    [JsonSerializable(typeof(Note)), JsonSerializable(typeof(string))]
    private sealed partial class Context : JsonSerializerContext;
}
