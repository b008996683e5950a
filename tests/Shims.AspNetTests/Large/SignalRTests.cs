using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace Shims.AspNetTests.Large;

/// <summary>SignalR: what each way carries.</summary>
[Collection(LargeSitesTests.Name)]
public sealed class SignalRTests(LargeSites sites)
{
    [Theory]
    [InlineData(Way.Scgi, HttpTransportType.LongPolling), InlineData(Way.FastCgi, HttpTransportType.LongPolling), InlineData(Way.Http, HttpTransportType.LongPolling)]
    [InlineData(Way.Scgi, HttpTransportType.ServerSentEvents), InlineData(Way.FastCgi, HttpTransportType.ServerSentEvents), InlineData(Way.Http, HttpTransportType.WebSockets)]
    [InlineData(Way.FastCgi, HttpTransportType.WebSockets | HttpTransportType.ServerSentEvents | HttpTransportType.LongPolling)]
    public async Task Clients_of_a_hub_hear_each_other(Way way, HttpTransportType transport)
    {
        await using HubConnection ada = Connect(way, transport), grace = Connect(way, transport);
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        grace.On<string>("said", heard.SetResult);
        await Task.WhenAll(ada.StartAsync(), grace.StartAsync()).Patiently();
        string room = Guid.NewGuid().ToString();
        await grace.InvokeAsync("Enter", room).Patiently();
        Assert.Equal("one one", await ada.InvokeAsync<string>("Repeat", "one").Patiently());
        await ada.InvokeAsync("Say", room, "good morning").Patiently();
        Assert.Equal("good morning", await heard.Task.Patiently());
        int[] counted = await ada.StreamAsync<int>("Count", 3).ToArrayAsync().AsTask().Patiently();
        Assert.Equal([1, 2, 3], counted);
    }

    [Theory, InlineData(Way.Scgi, "ServerSentEvents LongPolling"), InlineData(Way.FastCgi, "ServerSentEvents LongPolling"), InlineData(Way.Http, "WebSockets ServerSentEvents LongPolling")]
    public async Task A_hub_offers_what_its_way_carries(Way way, string transports)
    {
        ScriptReply reply = await sites[way].PostAsync("/hub/negotiate?negotiateVersion=1", default);
        using var json = System.Text.Json.JsonDocument.Parse(reply.Body);
        Assert.Equal(transports, string.Join(' ', json.RootElement.GetProperty("availableTransports").EnumerateArray().Select(static offer => offer.GetProperty("transport").GetString())));
    }

    private HubConnection Connect(Way way, HttpTransportType transport) =>
        new HubConnectionBuilder().WithUrl($"http://127.0.0.1:{sites[way].Port}/hub", transport).Build();
}
