using Shims.Ajp;
using Shims.Cgi;

namespace Shims.Tests.Ajp;

public sealed class BodyFramingTests
{
    [Fact]
    public void A_request_without_a_body_awaits_and_asks_for_nothing()
    {
        var body = new BodyFraming(0);
        Assert.Equal((false, false, true), (body.IsAwaited, body.MayAsk, body.IsComplete));
    }

    [Fact]
    public void The_first_packet_of_a_body_with_a_length_comes_unasked()
    {
        var body = new BodyFraming(10_000);
        Assert.Equal((true, false), (body.IsAwaited, body.MayAsk));
        Assert.True(body.Take(8186));
        Assert.Equal((false, true, false), (body.IsAwaited, body.MayAsk, body.IsComplete));
    }

    [Fact]
    public void Never_more_is_asked_for_than_the_length_says()
    {
        for (int first = 1; first <= 10; first++)
        {
            var body = new BodyFraming(10);
            Assert.True(body.Take(first));
            Assert.Equal(first < 10, body.MayAsk);
            if (first == 10)
                continue;
            Assert.Equal(10 - first, body.Ask());
            Assert.False(body.MayAsk);
            Assert.True(body.Take(10 - first));
            Assert.Equal((true, false), (body.IsComplete, body.MayAsk));
        }
    }

    [Fact]
    public void No_more_is_asked_for_at_a_time_than_a_packet_of_the_usual_size_holds()
    {
        var body = new BodyFraming(1 << 20);
        Assert.True(body.Take(1));
        Assert.Equal(8186, body.Ask());
    }

    [Fact]
    public void A_body_that_ends_before_its_length_or_goes_on_after_it_is_not_right()
    {
        var shortBody = new BodyFraming(10);
        Assert.False(shortBody.Take(0));
        var longBody = new BodyFraming(10);
        Assert.False(longBody.Take(11));
        Assert.False(longBody.IsComplete);
    }

    [Fact]
    public void All_of_a_body_without_a_length_is_asked_for_until_an_empty_packet_comes()
    {
        var body = new BodyFraming(ContentLength.Unknown);
        foreach (int part in new[] { 8188, 50, 1 })
        {
            Assert.Equal((false, true), (body.IsAwaited, body.MayAsk));
            Assert.Equal(8186, body.Ask());
            Assert.True(body.Take(part));
        }
        body.Ask();
        Assert.True(body.Take(0));
        Assert.Equal((true, false), (body.IsComplete, body.MayAsk));
    }
}
