//! One value for each class of frame, found without an index that could be out of range.

use sync_proto::Class;

#[derive(Debug)]
pub(crate) struct PerClass<T> {
    control: T,
    push: T,
    feed: T,
    repair: T,
    fill: T,
    attachment: T,
}

impl<T> PerClass<T> {
    pub(crate) fn from_fn(mut make: impl FnMut(Class) -> T) -> Self {
        Self {
            control: make(Class::Control),
            push: make(Class::Push),
            feed: make(Class::Feed),
            repair: make(Class::Repair),
            fill: make(Class::Fill),
            attachment: make(Class::Attachment),
        }
    }

    pub(crate) fn get(&self, class: Class) -> &T {
        match class {
            Class::Control => &self.control,
            Class::Push => &self.push,
            Class::Feed => &self.feed,
            Class::Repair => &self.repair,
            Class::Fill => &self.fill,
            Class::Attachment => &self.attachment,
        }
    }

    pub(crate) fn get_mut(&mut self, class: Class) -> &mut T {
        match class {
            Class::Control => &mut self.control,
            Class::Push => &mut self.push,
            Class::Feed => &mut self.feed,
            Class::Repair => &mut self.repair,
            Class::Fill => &mut self.fill,
            Class::Attachment => &mut self.attachment,
        }
    }
}
