using Shims.Gateway.Requests;

namespace Shims.Tests.Gateway;

public sealed class ServiceWatchTests
{
    [Fact]
    public void What_several_threads_count_is_all_counted()
    {
        var watch = new ServiceWatch(counts: true);
        Parallel.For(0, 8, thread =>
        {
            for (int i = 0; i < 1000; i++)
            {
                var running = new Running(0);
                watch.Add(running);
                watch.CountQueued(1);
                watch.CountAnswered(thread < 4 ? 200 : 404, thread < 4 ? RequestMode.Relay : RequestMode.None);
                watch.CountRefused();
                watch.CountQueued(-1);
                watch.Remove(running, 5);
            }
        });
        Assert.Equal((8000, 8000, 0, 40_000), (watch.Answered, watch.Refused, watch.Queued, watch.ScriptMilliseconds));
        Assert.Equal([(200, RequestMode.Relay, 4000), (404, RequestMode.None, 4000)], watch.Counts);
        Assert.Empty(watch.Running);
    }

    [Theory, InlineData(-1), InlineData(600), InlineData(99999), InlineData(int.MinValue)]
    public void A_status_that_is_none_is_counted_as_unknown(int status)
    {
        var watch = new ServiceWatch(counts: true);
        watch.CountAnswered(status, RequestMode.Handler);
        Assert.Equal([(0, RequestMode.Handler, 1)], watch.Counts);
    }

    [Fact]
    public void Without_a_status_page_requests_are_counted_together()
    {
        var watch = new ServiceWatch(counts: false);
        watch.CountAnswered(200, RequestMode.Relay);
        Assert.Empty(watch.Counts);
        Assert.Equal(1, watch.Answered);
    }

    [Fact]
    public void What_runs_is_in_the_order_of_its_start()
    {
        var watch = new ServiceWatch(counts: false);
        Running[] running = [new(1), new(2), new(3)];
        foreach (Running one in running)
            watch.Add(one);
        watch.Remove(running[1], 10);
        Assert.Equal([running[0], running[2]], watch.Running);
        Assert.Equal(8, watch.ScriptMilliseconds);
    }

    [Fact]
    public void A_request_counts_without_making_anything()
    {
        var watch = new ServiceWatch(counts: true);
        var running = new Running(0);
        CountOne();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            CountOne();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void CountOne()
        {
            watch.Add(running);
            watch.CountAnswered(200, RequestMode.Relay);
            watch.CountRefused();
            watch.CountQueued(1);
            watch.CountQueued(-1);
            watch.Remove(running, 1);
        }
    }

    private sealed class Running(long startedAt) : IRunningRequest
    {
        public string Subject => "/script";

        public long StartedAt => startedAt;
    }
}
